// flags: $(pkg-config --cflags --libs gobject-2.0)
/* GLib's slices, objects, closures and counted boxes: what is lost of them, and what comes and goes. */
#include <glib-object.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct {
    GObject parent;
    gpointer more; /* 32 bytes */
} Thing;
typedef struct {
    GObjectClass parent;
} ThingClass;
typedef struct {
    char *name;
    long numbers[10]; /* 88 bytes */
} ThingPrivate;
G_DEFINE_TYPE_WITH_PRIVATE(Thing, thing, G_TYPE_OBJECT)

static void thing_finalize(GObject *object)
{
    ThingPrivate *private = thing_get_instance_private((Thing *)object);
    g_free(private->name);
    G_OBJECT_CLASS(thing_parent_class)->finalize(object);
}
static void thing_class_init(ThingClass *class)
{
    G_OBJECT_CLASS(class)->finalize = thing_finalize;
}
static void thing_init(Thing *thing)
{
    ((ThingPrivate *)thing_get_instance_private(thing))->name = g_strdup("a thing");
}
static GObject *make_thing(void)
{
    return g_object_new(thing_get_type(), NULL);
}

/* Overwrites what the calls before left on the stack. */
static void __attribute__((noinline)) wipe_stack(void)
{
    volatile char room[16384];
    memset((char *)room, 0, sizeof room);
}

static GSList *kept;

static void __attribute__((noinline)) lose(int things, int nodes)
{
    for (int i = 0; i < things; i++)
        make_thing();
    for (int i = 0; i < nodes; i++)
        g_slist_prepend(NULL, NULL); /* a slice of 16 bytes */
}

static void hold(int things)
{
    for (int i = 0; i < things; i++)
        kept = g_slist_prepend(kept, make_thing());
}

static void called(void)
{
}

static void *come_and_go(void *rounds)
{
    for (long i = 0; i < (long)rounds; i++) {
        GObject *thing = make_thing();
        g_signal_connect(thing, "notify", called, NULL); /* a closure: divided, too */
        char *box = g_rc_box_alloc0(40); 
        char *counted = g_ref_string_new("some text");
        GError *error = g_error_new(g_quark_from_static_string("tests"), 1, "%ld", i);
        g_ref_string_release(counted);
        g_rc_box_release(box);
        g_error_free(error);
        g_object_unref(thing);
    }
    return NULL;
}

static void in_threads(void)
{
    GThread *threads[8];
    for (int i = 0; i < 8; i++)
        threads[i] = g_thread_new("maker", come_and_go, (void *)500);
    for (int i = 0; i < 8; i++)
        g_thread_join(threads[i]);
}

/* The child frees what its parent made, and makes more. */
static int in_child(void)
{
    GObject *thing = make_thing();
    pid_t child = fork();
    int status;
    if (child == 0) {
        g_object_unref(thing);
        come_and_go((void *)100);
        hold(10);
        exit(kept ? 7 : 1);
    }
    waitpid(child, &status, 0);
    g_object_unref(thing);
    come_and_go((void *)100);
    return WEXITSTATUS(status);
}

static int run(const char *what)
{
    if (strcmp(what, "lose") == 0)
        lose(20, 30);
    else if (strcmp(what, "hold") == 0)
        hold(20);
    else if (strcmp(what, "come_and_go") == 0)
        come_and_go((void *)2000);
    else if (strcmp(what, "threads") == 0)
        in_threads();
    else if (strcmp(what, "child") == 0)
        return in_child();
    else if (strcmp(what, "free") == 0)
        free(make_thing());
    else if (strcmp(what, "realloc") == 0)
        return realloc(make_thing(), 500) ? 1 : 0;
    return 0;
}

int main(int argc, char **argv)
{
    int result = run(argv[1]);
    wipe_stack();
    puts("done");
    return result;
}
