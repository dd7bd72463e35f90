// Jobs of the school, asked for again every second while one is under way.

import type { Schemas } from '../../api';
import { loading } from '../loading.svelte';
import { call } from '../session.svelte';

export type Job = Schemas['StaffJob'];

const under = (job: Job) => job.state === 'queued' || job.state === 'running';

// work watches jobs for as long as the component lives that calls it.
export function work(kind: Job['kind']) {
  const jobs = loading(() => call('get', '/staff/v1/jobs', {}));
  const mine = $derived((jobs.value?.jobs ?? []).filter((job) => job.kind === kind));
  const active = $derived(mine.filter(under));
  $effect(() => {
    if (active.length === 0 || jobs.busy) return;
    const timer = setTimeout(jobs.load, 1000);
    return () => clearTimeout(timer);
  });
  return {
    get active() { return active; },
    get ended() { return mine.filter((job) => !under(job)); },
    get error() { return jobs.error; },
    load: jobs.load,
  };
}
