/* lifecycle_unload: libraries go, and with them what is known of their code. */
#ifndef LIFECYCLE_UNLOAD_H
#define LIFECYCLE_UNLOAD_H

/* Libraries are about to be unloaded: what is to be known of them is looked up. */
void lifecycle_unloading(void);
/* Libraries may have been unloaded: what is known of their code is forgotten. */
void lifecycle_unloaded(void);

#endif
