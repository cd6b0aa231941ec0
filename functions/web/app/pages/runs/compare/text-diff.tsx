import { useQuery } from '@tanstack/react-query';
import { bytes } from '../../../data/format.ts';
import { CodeDiff } from '../../../ui/code-diff.tsx';
import { Answer } from '../../../ui/page.tsx';
import { type Content, contentQuery } from '../artifacts/artifact-data.ts';
import { type PreviewPlan, prettyJson, textOfBytes } from '../artifacts/preview-kind.ts';
import { idOf, nameOf, type Run } from '../run-data.ts';

interface TextDiffProps {
  readonly path: string;
  readonly plan: PreviewPlan;
  readonly a: Run;
  readonly b: Run;
}

/** What a file of two runs has different. */
export function TextDiff(props: TextDiffProps) {
  const { path, plan, a, b } = props;
  const left = useQuery(contentQuery(idOf(a), path, plan.most));
  const right = useQuery(contentQuery(idOf(b), path, plan.most));
  return (
    <Answer query={left} loading="Loading the files …">
      {(first) => (
        <Answer query={right} loading="Loading the files …">
          {(second) => <Differences {...props} first={first} second={second} />}
        </Answer>
      )}
    </Answer>
  );
}

const shownText = ({ bytes: content, cut }: Content, plan: PreviewPlan): string | undefined => {
  const text = textOfBytes(content);
  return text !== undefined && plan.kind === 'json' ? prettyJson(text, cut) : text;
};

type DifferencesProps = TextDiffProps & { readonly first: Content; readonly second: Content };

function Differences({ path, plan, a, b, first, second }: DifferencesProps) {
  const [before, after] = [shownText(first, plan), shownText(second, plan)];
  if (before === undefined || after === undefined)
    return <p className="quiet">These are no texts.</p>;
  return (
    <>
      {(first.cut || second.cut) && (
        <p className="quiet">Only the first {bytes(plan.most)} of each are compared.</p>
      )}
      <CodeDiff
        label={`Differences in ${path}`}
        // JSON is YAML, too.
        language={plan.kind === 'json' ? 'yaml' : 'text'}
        before={{ title: nameOf(a), text: before }}
        after={{ title: nameOf(b), text: after }}
      />
    </>
  );
}
