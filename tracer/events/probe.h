/* probe: what --sample tells from outside: the USDT probes of OpenTelemetry's eBPF profiler
 * (design document 00003, memory profiling).
 *
 *     otel_memory:alloc(pointer, size, weighted bytes)   a block that was drawn
 *     otel_memory:free(pointer)                          of one of those
 *
 * A probe is a nop in a function of its own, whose arguments are where the ABI has them: the
 * first reader takes them from there. Nobody who looks: a call for each drawn block. */
#ifndef PROBE_H
#define PROBE_H

#include <stddef.h>
#include <stdint.h>

void probe_alloc(const void *pointer, size_t size, uint64_t weighted_bytes);
void probe_free(const void *pointer);

#endif
