/* start_vector: the words that the kernel lays down for a new program: the number of its arguments,
 * the arguments, NULL, the environment, NULL, and at once behind it the auxiliary vector, where
 * programs (Go's, for one) look for it.
 *
 * An entry of the environment cannot be taken out of it alone: the auxiliary vector comes down
 * with all that is behind the entry, and the loader, where getauxval looks, is told of its new
 * place. Called before the program runs, with one thread. */
#ifndef START_VECTOR_H
#define START_VECTOR_H

/* Takes an entry out of an environment: the kernel's, or an array that was made since. */
void start_vector_remove(char **entry);

#endif
