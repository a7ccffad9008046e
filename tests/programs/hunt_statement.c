// flags: -l:libsqlite3.so.0
/* hunt_statement: of a query that finds nothing the statement is not finalized (docs/hunts.md, 9). */
#include <stddef.h> /* and prototypes in place of sqlite3.h: the library alone is needed */

struct sqlite3;
struct sqlite3_stmt;
int sqlite3_config(int, ...);
int sqlite3_open(const char *, struct sqlite3 **);
int sqlite3_exec(struct sqlite3 *, const char *, void *, void *, char **);
int sqlite3_prepare_v2(struct sqlite3 *, const char *, int, struct sqlite3_stmt **, const char **);
int sqlite3_step(struct sqlite3_stmt *);
int sqlite3_finalize(struct sqlite3_stmt *);
int sqlite3_close(struct sqlite3 *);
enum { ROW = 100, NO_LOOKASIDE = 13 };

static int get_node(struct sqlite3 *db, const char *query)
{
    struct sqlite3_stmt *statement;

    if (sqlite3_prepare_v2(db, query, -1, &statement, NULL) != 0)
        return -1;
    if (sqlite3_step(statement) != ROW)
        return 0;
    sqlite3_finalize(statement);
    return 1;
}

static int search(void)
{
    struct sqlite3 *db;

    sqlite3_config(NO_LOOKASIDE, 0, 0); /* newer ones have room for the statement in the database's own block */
    sqlite3_open(":memory:", &db);
    sqlite3_exec(db, "create table nodes (name)", NULL, NULL, NULL);
    int found = get_node(db, "select * from nodes where name = 'root'");
    sqlite3_close(db);
    return found;
}

int main(void)
{
    return search();
}
