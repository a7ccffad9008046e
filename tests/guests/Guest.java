import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.Deflater;

/** Threads, compiled code, a fault that the virtual machine handles, memory outside of its heap. */
public class Guest {
    public static void main(String[] arguments) throws Exception {
        Map<String, byte[]> map = new HashMap<>();
        Thread[] threads = new Thread[4];
        for (int t = 0; t < threads.length; t++) {
            threads[t] = new Thread(() -> {
                long sum = 0;
                for (int i = 0; i < 300000; i++)
                    sum += ("x" + i).hashCode();
                synchronized (map) {
                    map.put("s" + sum + Thread.currentThread().getId(), new byte[10]);
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads)
            thread.join();
        ByteBuffer.allocateDirect(1 << 20);
        try {
            Object nothing = null;
            nothing.hashCode();
        } catch (NullPointerException exception) {
            System.out.println("caught");
        }
        Deflater deflater = new Deflater();
        deflater.end();
        System.out.println("done " + map.size());
        System.exit(3);
    }
}
