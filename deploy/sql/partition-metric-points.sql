-- Divides the history of metrics by the age of its runs, so that what is old can be taken away in a moment.
-- Servers go on working; what is there already becomes the first partition, and no row is copied.
--
--   psql "$DATABASE" --set ON_ERROR_STOP=1 --file partition-metric-points.sql
--
-- Run it again from time to time: it makes partitions for the runs to come. Should it not be run in time, what finds no
-- partition goes to metric_points_rest, from where the next time takes it.
-- A partition has the points of 100,000 runs; of more with PGOPTIONS='-c trackway.runs_per_partition=1000000'.
-- docs/guides/scaling.md

do $$
declare
  width constant integer := coalesce(nullif(current_setting('trackway.runs_per_partition', true), '')::integer, 100000);
  bound integer;
begin
  if (select relkind from pg_class where oid = 'metric_points'::regclass) = 'p' then return; end if;
  if exists (select 1 from pg_constraint where conname = 'metric_points_before' and conrelid = 'metric_points'::regclass)
    then return; end if;
  -- Runs that are made meanwhile must not come up to the bound.
  select (coalesce(max(id), 0) / width + 2) * width into bound from runs;
  execute format('alter table metric_points add constraint metric_points_before check (run_id < %s) not valid', bound);
end $$;

-- Reads all rows, beside those who read and write.
do $$
begin
  if exists (select 1 from pg_constraint where conname = 'metric_points_before' and not convalidated) then
    alter table metric_points validate constraint metric_points_before;
  end if;
end $$;

-- A moment in which nobody else uses the table; whoever waits for it goes on afterwards.
do $$
declare
  bound text;
begin
  if (select relkind from pg_class where oid = 'metric_points'::regclass) = 'p' then return; end if;
  set local lock_timeout = '5s';
  lock table metric_points in access exclusive mode;
  select substring(pg_get_constraintdef(oid) from '\d+') into strict bound from pg_constraint
    where conname = 'metric_points_before' and conrelid = 'metric_points'::regclass;
  alter table metric_points rename to metric_points_before;
  alter index metric_points_pkey rename to metric_points_before_pkey;
  create table metric_points (
    like metric_points_before including defaults,
    primary key (run_id, name_id, step, timestamp, value)
  ) partition by range (run_id);
  execute format('alter table metric_points attach partition metric_points_before for values from (minvalue) to (%s)', bound);
  alter table metric_points_before drop constraint metric_points_before;
  create table metric_points_rest partition of metric_points default;
end $$;

do $$
declare
  width constant integer := coalesce(nullif(current_setting('trackway.runs_per_partition', true), '')::integer, 100000);
  bound bigint;
  newest bigint;
  name text;
begin
  set local lock_timeout = '5s';
  select max(substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''?(\d+)')::bigint) into strict bound
    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'metric_points'::regclass;
  select coalesce(max(id), 0) into newest from runs;
  while bound <= newest + 2 * width and bound + width < 2147483647 loop
    name := 'metric_points_from_' || bound;
    lock table metric_points_rest in access exclusive mode;
    execute format('create table %I (like metric_points including all)', name);
    execute format('with moved as (delete from metric_points_rest where run_id >= %s and run_id < %s returning *)
      insert into %I select * from moved', bound, bound + width, name);
    execute format('alter table metric_points attach partition %I for values from (%s) to (%s)',
      name, bound, bound + width);
    bound := bound + width;
  end loop;
end $$;

-- What there is: rows as counted by the last vacuum, and how many of its runs are not in the trash.
select c.oid::regclass as partition, pg_get_expr(c.relpartbound, c.oid) as runs,
    greatest(c.reltuples, 0)::bigint as points, pg_size_pretty(pg_total_relation_size(c.oid)) as size,
    (select count(*) from runs r where r.lifecycle_stage = 'active'
      and r.id >= coalesce(substring(pg_get_expr(c.relpartbound, c.oid) from 'FROM \(''?(\d+)')::bigint, 0)
      and r.id < substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''?(\d+)')::bigint) as active_runs
  from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'metric_points'::regclass
  order by substring(pg_get_expr(c.relpartbound, c.oid) from 'TO \(''?(\d+)')::bigint;
