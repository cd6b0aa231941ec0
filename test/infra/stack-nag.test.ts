/** cdk-nag's two packs for what the stack uses: nothing is found that nobody has answered for. */
import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { ACKNOWLEDGEMENTS, acknowledge, pathBelow } from './nag-acknowledgements.ts';
import { makeStack, VARIANTS } from './stack-synth.ts';

const CONTEXTS = {
  default: {},
  // One stack with all that the others add.
  everything: {
    ...VARIANTS.codebuild,
    ...VARIANTS.domain,
    ...VARIANTS.provisioned,
    ...VARIANTS.prod,
  },
  external: VARIANTS.external,
  ready: VARIANTS.ready,
};

/** `<rule> <path below the stack>` of each finding. */
function findings(stack: Stack): readonly string[] {
  return [new AwsSolutionsChecks(stack), new ServerlessChecks(stack)].flatMap((pack) =>
    pack
      .validateScope(stack)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(
          ({ constructPath = '' }) => `${ruleName} ${pathBelow(stack, constructPath)}`,
        ),
      ),
  );
}

const answered = (context: object): Stack => {
  const stack = makeStack({ ...context });
  acknowledge(stack);
  return stack;
};

describe.each(Object.entries(CONTEXTS))('the stack (%s)', (_, context) => {
  it('has no finding without an answer', () => {
    expect(findings(answered(context))).toEqual([]);
  });
});

describe('the check', () => {
  it('finds what nobody has answered for', () => {
    const stack = answered({});
    new Bucket(stack, 'Careless');

    expect(findings(stack)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^AwsSolutions-S10 Careless/)]),
    );
  });

  it('finds it in a synthesis, too, which then fails', () => {
    const app = new App({ analyticsReporting: false });
    new Bucket(new Stack(app, 'Careless'), 'Bucket');
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

    expect(() => app.synth({ errorOnDuplicateSynth: false })).toThrow(/[Vv]alidation/);
  });

  it('has an answer, with a reason, for what is found and for nothing else', () => {
    const raw = Object.values(CONTEXTS).flatMap((context) => findings(makeStack(context)));
    const found = raw.map((finding) => finding.replace(/<ContainerImageBuild\w+>/, '<{id}>'));

    expect(found.length).toBeGreaterThan(20);
    const stale = ACKNOWLEDGEMENTS.flatMap(({ under, rules }) =>
      rules.filter((rule) => !found.some((finding) => meets(finding, rule, under))),
    );
    expect(stale).toEqual([]);
    for (const { reason } of ACKNOWLEDGEMENTS) expect(reason).toMatch(/^\S.{20,}\.$/u);
  });
});

/** Findings are of resources; what is answered for may be a construct above them. */
function meets(finding: string, rule: string, under: RegExp): boolean {
  if (!finding.startsWith(`${rule} `)) return false;
  const parts = finding.slice(rule.length + 1).split('/');
  return parts.some((__, index) => under.test(parts.slice(0, index + 1).join('/')));
}
