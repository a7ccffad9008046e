// Goroutines that call C, which calls Go, which calls C; the C part leaks. Go ends by a system call of its own.
package main

/*
#include <stdlib.h>
#include <string.h>
static __attribute__((noinline)) void *c_leak(size_t size) { return memset(malloc(size), 1, size); }
static __attribute__((noinline)) void c_churn(int n) { for (int i = 0; i < n; i++) free(malloc(i % 500)); }
extern void goCallback(int);
static void c_calls_go(int n) { void *p = malloc(77); goCallback(n); free(p); }
*/
import "C"
import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

//export goCallback
func goCallback(n C.int) {
	p := C.CString("called back")
	if n > 0 {
		C.c_calls_go(n - 1)
	}
	C.free(unsafePointer(p))
}

func main() {
	var all sync.WaitGroup
	stop := make(chan bool)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
				time.Sleep(time.Millisecond)
			}
		}
	}()
	for g := 0; g < 20; g++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := 0; i < 50; i++ {
				C.c_churn(200)
				C.c_calls_go(5)
				_ = make([]byte, 100000)
			}
		}()
	}
	all.Wait()
	close(stop)
	for i := 0; i < 10; i++ {
		C.c_leak(1000)
	}
	out, _ := exec.Command("echo", "child").Output()
	fmt.Print(string(out))
	fmt.Println("go done")
	os.Exit(3)
}
