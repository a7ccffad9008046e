// What new expressions say of types where the compiler writes it down: types_new.s is what clang 22 makes of this, by
// clang++-22 -O1 -gdwarf-5 -fno-exceptions -fno-asynchronous-unwind-tables -fno-addrsig -fno-verbose-asm -gno-column-info -fno-ident -S
typedef unsigned long size_t;
extern "C" void *malloc(size_t);
struct Plain { int key; Plain *next; void *owner; };
struct Freed { long what; long more; ~Freed() { } };
struct Framed {
    long value[3];
    void *operator new(size_t size) { return malloc(size + 16); }
};
namespace app { template <class T> struct Box { T held; long count; }; }
void *volatile kept[16];
int main(int count, char **)
{
    int at = 0;
    for (int i = 0; i < 3; i++)
        kept[at++] = new Plain;
    kept[at++] = new app::Box<Plain>;
    kept[at++] = new long[5];
    kept[at++] = new Plain[count + 1];
    kept[at++] = new Freed[count + 2];
    kept[at++] = new Framed;
    kept[at++] = new char[count];
}
