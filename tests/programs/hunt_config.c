/* hunt_config: a configuration that is loaded again keeps its new name and forgets the old one (docs/hunts.md, 1). */
#include <stdlib.h>
#include <string.h>

struct config {
    char *filename;
    int plugins;
};

static void config_load(struct config *config, const char *file)
{
    config->filename = strdup(file);
    config->plugins++;
}

int main(void)
{
    struct config config = {0};

    for (int reload = 0; reload < 5; reload++)
        config_load(&config, "/etc/metamod/plugins.ini");
    free(config.filename);
    return config.plugins != 5;
}
