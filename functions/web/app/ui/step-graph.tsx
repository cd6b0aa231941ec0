import { useEffect, useId, useRef, useState } from 'react';
import { Loading } from './page.tsx';
import { BOX } from './step-box.ts';
import type { Drawing, Drawn, DrawnStep, GraphStep } from './step-layout.ts';
import './step-graph.css';

export type StepState = 'waiting' | 'running' | 'done' | 'failed';
export type StepStates = Readonly<Record<string, StepState>>;

interface StepGraphProps {
  /** The task graph of an entrypoint: anything that somebody typed. */
  readonly yaml: string;
  /** How far a job is with its steps, by their names. */
  readonly states?: StepStates;
}

const ICONS: Readonly<Record<StepState, string>> = {
  waiting: '◌',
  running: '▶',
  done: '✓',
  failed: '✕',
};

/** The parser of the graph language, which only this needs, comes when there is a graph. */
function useDrawn(yaml: string): { readonly now?: Drawn; readonly last?: Drawing } {
  const [now, setNow] = useState<Drawn>();
  const last = useRef<Drawing>(undefined);
  useEffect(() => {
    let current = true;
    void import('./step-layout.ts').then(({ drawnText }) => {
      if (!current) return;
      const drawn = drawnText(yaml);
      if (drawn.kind === 'drawing') last.current = drawn;
      setNow(drawn);
    });
    return () => {
      current = false;
    };
  }, [yaml]);
  return {
    ...(now !== undefined && { now }),
    ...(last.current !== undefined && { last: last.current }),
  };
}

/** Draws the steps of a task graph, with what each waits for; says so where the text is no graph. */
export function StepGraph({ yaml, states = {} }: StepGraphProps) {
  const { now, last } = useDrawn(yaml);
  if (now === undefined) return <Loading what="Drawing the graph …" />;
  if (now.kind === 'empty') {
    return <p className="quiet">The graph is empty: it has no steps yet.</p>;
  }
  if (now.kind === 'large') return <TooLarge steps={now.steps} states={states} />;
  if (now.kind === 'drawing') return <Picture drawing={now} states={states} />;
  const where = now.line === undefined ? '' : ` (line ${now.line})`;
  return (
    <div className="step-graph">
      <p className="step-graph-note" role="status">
        Not a graph as it stands{where}: <bdi>{now.message}</bdi>.
        {last !== undefined && ' Below is how it was before.'}
      </p>
      {last !== undefined && (
        <div className="step-graph-old">
          <Picture drawing={last} states={states} />
        </div>
      )}
    </div>
  );
}

interface PictureProps {
  readonly drawing: Drawing;
  readonly states: StepStates;
}

function Picture({ drawing, states }: PictureProps) {
  const { steps, width, height, cycle } = drawing;
  const marker = useId();
  const places = new Map(steps.map((step) => [step.name, step]));
  return (
    <div className="step-graph">
      {cycle !== undefined && (
        <p className="step-graph-note" role="status">
          These steps wait for each other, so none of them can begin: <bdi>{cycle.join(' → ')}</bdi>
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section className="step-graph-scroll" aria-label="Graph of the steps" tabIndex={0}>
        <svg
          role="img"
          aria-label={`${steps.length} steps; the list below tells what each waits for`}
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
        >
          <defs>
            <marker id={marker} viewBox="0 0 8 8" refX="7" refY="4" {...ARROW_HEAD}>
              <path d="M0 0 8 4 0 8z" className="step-graph-tip" />
            </marker>
          </defs>
          {steps.flatMap((step) =>
            step.after.map((name) => (
              <Arrow
                key={`${name}→${step.name}`}
                from={places.get(name)}
                to={step}
                marker={marker}
              />
            )),
          )}
          {steps.map((step) => (
            <Box key={step.name} step={step} state={stateOf(states, step.name)} />
          ))}
        </svg>
      </section>
      <div className="visually-hidden">
        <StepList steps={steps} states={states} />
      </div>
    </div>
  );
}

const ARROW_HEAD = { markerWidth: 7, markerHeight: 7, orient: 'auto' } as const;

const stateOf = (states: StepStates, name: string): StepState | undefined =>
  Object.hasOwn(states, name) ? states[name] : undefined;

interface ArrowProps {
  readonly from: DrawnStep | undefined;
  readonly to: DrawnStep;
  readonly marker: string;
}

function Arrow({ from, to, marker }: ArrowProps) {
  if (from === undefined) return null;
  const [x1, y1] = [from.x + BOX.width / 2, from.y + BOX.height];
  const [x2, y2] = [to.x + BOX.width / 2, to.y - 1];
  const bend = Math.max(22, Math.abs(y2 - y1) / 2);
  return (
    <path
      className="step-graph-arrow"
      d={`M${x1} ${y1}C${x1} ${y1 + bend} ${x2} ${y2 - bend} ${x2} ${y2}`}
      markerEnd={`url(#${marker})`}
    />
  );
}

/** An svg of its own, so that a long name ends where the box does. */
function Box({ step, state }: { step: DrawnStep; state: StepState | undefined }) {
  return (
    <svg x={step.x} y={step.y} width={BOX.width} height={BOX.height}>
      <title>{`${step.name}: ${step.task}`}</title>
      <rect
        className={`step-graph-box ${state ?? ''}`}
        x="0.75"
        y="0.75"
        width={BOX.width - 1.5}
        height={BOX.height - 1.5}
        rx="6"
      />
      <text className="step-graph-name" x="10" y="21">
        {shortened(step.name, state === undefined ? 24 : 14)}
      </text>
      <text className="step-graph-task" x="10" y="39">
        {shortened(step.task, 25)}
      </text>
      {state !== undefined && (
        <text className={`step-graph-state ${state}`} x={BOX.width - 10} y="21" textAnchor="end">
          {`${ICONS[state]} ${state}`}
        </text>
      )}
    </svg>
  );
}

const shortened = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

interface StepListProps {
  readonly steps: readonly GraphStep[];
  readonly states: StepStates;
}

function StepList({ steps, states }: StepListProps) {
  return (
    <ol>
      {steps.map(({ name, task, after }) => (
        <li key={name}>
          <bdi>{name}</bdi> runs <bdi>{task}</bdi>
          {after.length === 0 ? ', waits for nothing' : ` after ${after.slice(0, 50).join(', ')}`}
          {stateOf(states, name) !== undefined && `: ${stateOf(states, name)}`}
        </li>
      ))}
    </ol>
  );
}

const LISTED = 500;

function TooLarge({ steps, states }: StepListProps) {
  return (
    <div className="step-graph">
      <p className="step-graph-note">
        {steps.length} steps are too many to draw; here they are as a list
        {steps.length > LISTED && `, the first ${LISTED} of them`}.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keys */}
      <section className="step-graph-list" aria-label="Steps of the graph" tabIndex={0}>
        <StepList steps={steps.slice(0, LISTED)} states={states} />
      </section>
    </div>
  );
}
