/* sanitizers: a program that is built with one has the sanitizer's malloc. */
#ifndef SANITIZERS_H
#define SANITIZERS_H

/* Says so, and that no leak check is made then. */
void sanitizers_skip_check(void);

#endif
