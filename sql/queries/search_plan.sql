-- For the rest of the transaction: which index serves a search depends on its words, so each is planned for itself; compiling it would
-- take longer than running it.
-- expects: one
select set_config('plan_cache_mode', 'force_custom_plan', true) as plan, set_config('jit', 'off', true) as jit;
