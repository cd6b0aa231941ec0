import { answerOf, posthog } from '../../data/api.ts';
import { projectOf } from './queries.ts';

export type Step = 'launch' | 'pause' | 'resume' | 'reset' | 'archive' | 'unarchive';

/** What each step is called, and what it does. */
export const STEPS: Readonly<
  Record<Step, { readonly title: string; action: string; text: string; done: string }>
> = {
  launch: {
    title: 'Launch the A/B test',
    action: 'Launch it',
    text: 'It begins now: its flag is switched on, and people get their variants as soon as programs ask. Variants and holdout then stay as they are.',
    done: 'It runs. Results appear as people take part.',
  },
  pause: {
    title: 'Pause the A/B test',
    action: 'Pause it',
    text: 'Its flag is switched off: everybody sees what there was before, and nobody new takes part. You can resume it.',
    done: 'It is paused; its flag is off.',
  },
  resume: {
    title: 'Resume the A/B test',
    action: 'Resume it',
    text: 'Its flag is switched on again; everybody gets the same variant as before.',
    done: 'It runs again; its flag is on.',
  },
  reset: {
    title: 'Reset the A/B test to a draft',
    action: 'Reset it',
    text: 'Start, end and conclusion are forgotten, and this cannot be undone. Its flag stays as it is, and events stay stored; what came before a new launch does not count.',
    done: 'It is a draft again.',
  },
  archive: {
    title: 'Archive the A/B test',
    action: 'Archive it',
    text: 'It goes from the list, which shows it with “Archived ones”. You can take it out again.',
    done: 'It is in the archive.',
  },
  unarchive: {
    title: 'Take the A/B test out of the archive',
    action: 'Take it out',
    text: 'It stands in the list again.',
    done: 'It is out of the archive.',
  },
};

/** Takes a step of an experiment's life; answers with what it became. */
export function takeStep(group: number, id: number, step: Step) {
  const params = { params: { path: { project: projectOf(group), id } } };
  const root = '/api/projects/{project}/experiments/{id}';
  const calls = {
    launch: () => posthog.POST(`${root}/launch`, params),
    pause: () => posthog.POST(`${root}/pause`, params),
    resume: () => posthog.POST(`${root}/resume`, params),
    reset: () => posthog.POST(`${root}/reset`, params),
    archive: () => posthog.POST(`${root}/archive`, params),
    unarchive: () => posthog.POST(`${root}/unarchive`, params),
  } as const;
  return answerOf(calls[step]());
}
