/* MAP_ANONYMOUS */
#define _GNU_SOURCE

#include "use_board.h"
#include "workers.h"

#include <stdatomic.h>
#include <sys/mman.h>

static struct board {
    _Atomic int64_t workers;
    _Atomic int64_t since_ms[WORKERS_MAX]; /* 0: idle */
} * board;

bool use_share(void)
{
    void *shared =
        mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (shared == MAP_FAILED)
        return false;
    board = shared;
    return true;
}

void use_begin(size_t slot, int64_t now_ms)
{
    if (board)
        atomic_store_explicit(&board->since_ms[slot], now_ms > 0 ? now_ms : 1,
                              memory_order_relaxed);
}

void use_end(size_t slot)
{
    if (board)
        atomic_store_explicit(&board->since_ms[slot], 0, memory_order_relaxed);
}

void use_set_workers(int64_t ready)
{
    if (board)
        atomic_store_explicit(&board->workers, ready, memory_order_relaxed);
}

struct pool_use pool_use_now(const struct clock *clock)
{
    int64_t now_ms = clock_mono_ms(clock);
    struct pool_use use = {0};

    if (!board)
        return use;
    use.workers = atomic_load_explicit(&board->workers, memory_order_relaxed);
    for (size_t i = 0; i < WORKERS_MAX; i++) {
        int64_t since_ms = atomic_load_explicit(&board->since_ms[i], memory_order_relaxed);

        if (since_ms == 0)
            continue;
        use.busy++;
        if (now_ms - since_ms > use.oldest_ms)
            use.oldest_ms = now_ms - since_ms;
    }
    return use;
}
