/* Series whose truth is known: leaks, caches that fill, waves, saw-teeth, chance. The seed is
 * fixed, so that the counts are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include "judge/growth.h"

enum { SERIES = 1000, LEAST = 24, MOST = 49 };
static uint64_t number;

static double uniform(void)
{
    number ^= number << 13;
    number ^= number >> 7;
    number ^= number << 17;
    return (double)(number >> 11) / 9007199254740992.0;
}

static double normal(void)
{
    double length = sqrt(-2 * log(uniform() + 1e-300));
    return length * cos(6.283185307179586 * uniform());
}

static double about(double mean)
{
    double value = floor(mean + sqrt(mean) * normal() + 0.5);
    return value > 0 ? value : 0;
}

struct series {
    double blocks[MOST];
    double size;
    int count;
};

/* 64 bytes in 1 of 1,000 requests, 1,000 requests a second, a moment each 15 s. */
static void leak_with(struct series *s, double a_moment, double from)
{
    double lost = 0;
    for (int i = 0; i < s->count; i++)
        s->blocks[i] += lost += i >= from * s->count ? about(a_moment) : 0;
}
static void leak(struct series *s)
{
    leak_with(s, 15, 0);
}
static void leak_of_a_block_in_10_seconds(struct series *s)
{
    leak_with(s, 1.5, 0);
}
static void leak_from_45_percent_on(struct series *s)
{
    leak_with(s, 40, 0.45);
    for (int i = 0; i < s->count; i++)
        s->blocks[i] += 1000;
}
static void leak_beside_a_pool(struct series *s)
{
    leak_with(s, 15, 0);
    for (int i = 0; i < s->count; i++)
        s->blocks[i] += 500 + about(50);
}
static void leak_on_a_sawtooth(struct series *s)
{
    leak_with(s, 30, 0);
    for (int i = 0; i < s->count; i++)
        s->blocks[i] += i % 5 * 100;
}
static void leak_on_waves(struct series *s)
{
    leak_with(s, 60, 0);
    for (int i = 0; i < s->count; i++)
        s->blocks[i] += floor(500 * (1 + sin(6.28318 * i * 4 / s->count)));
}

static void constant(struct series *s)
{
    for (int i = 0; i < s->count; i++)
        s->blocks[i] = 100;
}
static void cache_that_fills(struct series *s)
{
    double constant = s->count / (3 + 3 * uniform());
    for (int i = 0; i < s->count; i++)
        s->blocks[i] = floor(10000 * (1 - exp(-i / constant)) + 20 * normal());
}
static void cache_that_is_full_by_two_thirds(struct series *s)
{
    double full = s->count * (0.2 + 0.45 * uniform());
    for (int i = 0; i < s->count; i++)
        s->blocks[i] = floor(i < full ? 10000 * i / full : 10000);
}
static void cache_of_rare_names(struct series *s)
{
    for (int i = 0; i < s->count; i++)
        s->blocks[i] = floor(1000 * log(1 + i)) + about(3);
}
static void daily_waves(struct series *s)
{
    double phase = 6.28 * uniform(), waves = 2.5 + 4 * uniform();
    for (int i = 0; i < s->count; i++)
        s->blocks[i] =
            floor(5000 + 3000 * sin(6.28318 * waves * i / s->count + phase) + 100 * normal());
}
static void sawtooth(struct series *s)
{
    int period = 3 + (int)(10 * uniform()), offset = (int)(period * uniform());
    for (int i = 0; i < s->count; i++)
        s->blocks[i] = (i + offset) % period * 200 + floor(10 * uniform());
}
static void fragmentation(struct series *s)
{
    double level = 3000;
    for (int i = 0; i < s->count; i++) {
        if (uniform() < 0.15)
            level = 2000 + 2000 * uniform();
        s->blocks[i] = floor(level + 50 * normal());
    }
}
static void chance_with(struct series *s, double memory)
{
    double x = 0;
    for (int i = 0; i < s->count; i++) {
        x = memory * x + normal();
        s->blocks[i] = fmax(0, floor(3000 + 100 * x));
    }
}
static void noise(struct series *s)
{
    chance_with(s, 0);
}
static void noise_with_memory_of_a_half(struct series *s)
{
    chance_with(s, 0.5);
}
static void noise_with_memory_of_nine_tenths(struct series *s)
{
    chance_with(s, 0.9);
}
static void random_walk(struct series *s)
{
    chance_with(s, 1);
}
static void queue(struct series *s)
{
    double length = 0;
    for (int i = 0; i < s->count; i++)
        s->blocks[i] = floor(length = 0.7 * length + fabs(normal()) * 20);
}

/* How many of SERIES are said to grow without end; *slope: what they do so by, an hour, on average.
 */
static int count_endless(void (*make)(struct series *), double *slope)
{
    int endless = 0;
    number = 88172645463325252u;
    *slope = 0;
    for (int n = 0; n < SERIES; n++) {
        struct series s = {.size = 64, .count = LEAST + (int)((MOST - LEAST) * uniform())};
        struct growth_point points[MOST];
        make(&s);
        for (int i = 0; i < s.count; i++)
            points[i] =
                (struct growth_point){15.0 * i + uniform(), s.size * s.blocks[i], s.blocks[i]};
        struct growth growth = growth_judge(points, (uint32_t)s.count);
        if (growth.kind != GROWTH_ENDLESS)
            continue;
        assert_true(growth.lowest <= growth.bytes_per_hour &&
                    growth.bytes_per_hour <= growth.highest);
        endless++;
        *slope += growth.bytes_per_hour;
    }
    *slope /= endless ? endless : 1;
    return endless;
}

/* At most: report/judge/README.md has the table. */
static void misses_are_few(void **state)
{
    static const struct {
        const char *name;
        void (*make)(struct series *);
        int missed;
        double slope;
    } leaks[] = {{"leak", leak, 0, 64 * 3600},
                 {"beside a pool", leak_beside_a_pool, 0, 64 * 3600},
                 {"from 45 % on", leak_from_45_percent_on, 0, 0},
                 {"a block in 10 s", leak_of_a_block_in_10_seconds, 40, 64 * 360},
                 {"on a sawtooth", leak_on_a_sawtooth, 20, 64 * 7200},
                 {"on waves", leak_on_waves, 280, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof leaks / sizeof *leaks; i++) {
        double slope;
        int missed = SERIES - count_endless(leaks[i].make, &slope);
        print_message("%s: missed %d of %d, %.0f bytes an hour\n", leaks[i].name, missed, SERIES,
                      slope);
        assert_true(missed <= leaks[i].missed);
        if (leaks[i].slope > 0)
            assert_true(fabs(slope / leaks[i].slope - 1) < 0.05);
    }
}

static void false_alarms_are_few(void **state)
{
    static const struct {
        const char *name;
        void (*make)(struct series *);
        int alarms;
    } others[] = {{"constant", constant, 0},
                  {"cache that fills", cache_that_fills, 0},
                  {"cache that is full by two thirds", cache_that_is_full_by_two_thirds, 0},
                  {"cache of rare names", cache_of_rare_names, 0},
                  {"daily waves", daily_waves, 5},
                  {"sawtooth", sawtooth, 0},
                  {"fragmentation", fragmentation, 50},
                  {"noise", noise, 10},
                  {"noise with memory 0.5", noise_with_memory_of_a_half, 10},
                  {"noise with memory 0.9", noise_with_memory_of_nine_tenths, 50},
                  {"queue", queue, 30},
                  {"random walk", random_walk, 130}};
    (void)state;
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        double slope;
        int alarms = count_endless(others[i].make, &slope);
        print_message("%s: %d false alarms in %d\n", others[i].name, alarms, SERIES);
        assert_true(alarms <= others[i].alarms);
    }
}

static struct growth judge(const double *bytes, int count, double blocks_of)
{
    struct growth_point points[64];
    for (int i = 0; i < count; i++)
        points[i] = (struct growth_point){i, bytes[i], blocks_of > 0 ? bytes[i] / blocks_of : 1};
    return growth_judge(points, (uint32_t)count);
}

static void each_kind_is_told(void **state)
{
    double up[40], level[40], teeth[40], same[40];
    (void)state;
    for (int i = 0; i < 40; i++) {
        up[i] = 1000 + 100 * i;
        level[i] = i < 15 ? 100 * i : 1500;
        teeth[i] = i % 4 * 100;
        same[i] = 500;
    }
    struct growth growth = judge(up, 40, 10);
    assert_int_equal(growth.kind, GROWTH_ENDLESS);
    assert_true(fabs(growth.bytes_per_hour - 360000) < 1 && growth.confidence > 0.99);
    assert_int_equal(judge(level, 40, 10).kind, GROWTH_LEVELS_OFF);
    assert_int_equal(judge(teeth, 40, 10).kind, GROWTH_UP_AND_DOWN);
    assert_int_equal(judge(same, 40, 10).kind, GROWTH_STEADY);
    assert_int_equal(judge(up, GROWTH_POINTS_MIN - 1, 10).kind, GROWTH_UNCLEAR);
    /* One buffer that becomes larger is no leak of blocks. */
    assert_int_equal(judge(up, 40, 0).kind, GROWTH_LEVELS_OFF);
}

static void a_late_beginning_is_found(void **state)
{
    double bytes[40];
    (void)state;
    for (int i = 0; i < 40; i++)
        bytes[i] = 10000 + (i > 18 ? 500 * (i - 18) : 0);
    struct growth growth = judge(bytes, 40, 10);
    assert_int_equal(growth.kind, GROWTH_ENDLESS);
    assert_true(growth.since >= 10 && growth.since <= 24);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(misses_are_few),
        cmocka_unit_test(false_alarms_are_few),
        cmocka_unit_test(each_kind_is_told),
        cmocka_unit_test(a_late_beginning_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
