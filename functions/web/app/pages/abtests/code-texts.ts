export const LANGUAGES = ['Browser', 'Node', 'Python'] as const;
export type Language = (typeof LANGUAGES)[number];

export interface CodeAsked {
  readonly host: string;
  readonly token: string;
  readonly flag: string;
}

/** Between single quotes, in any of the languages. */
const quoted = (text: string): string => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;

const browser = ({ host, token, flag }: CodeAsked): string => `// npm install posthog-js
import posthog from 'posthog-js';

posthog.init(${quoted(token)}, { api_host: ${quoted(host)} });
posthog.onFeatureFlags(() => {
  // Asking for the flag reports who takes part.
  if (posthog.getFeatureFlag(${quoted(flag)}) === 'test') showTheNewOne();
});
posthog.capture('purchase', { amount: 42 });`;

const node = ({ host, token, flag }: CodeAsked): string => `// npm install posthog-node
import { PostHog } from 'posthog-node';

const posthog = new PostHog(${quoted(token)}, { host: ${quoted(host)} });
const variant = await posthog.getFeatureFlag(${quoted(flag)}, userId); // reports who takes part
posthog.capture({ distinctId: userId, event: 'purchase', properties: { amount: 42 } });
await posthog.shutdown();`;

const python = ({ host, token, flag }: CodeAsked): string => `# pip install posthog
from posthog import Posthog

posthog = Posthog(${quoted(token)}, host=${quoted(host)})
variant = posthog.get_feature_flag(${quoted(flag)}, user_id)  # reports who takes part
posthog.capture("purchase", distinct_id=user_id, properties={"amount": 42})
posthog.shutdown()`;

const CODE: Readonly<Record<Language, (asked: CodeAsked) => string>> = {
  Browser: browser,
  Node: node,
  Python: python,
};

/** What a program does to ask for a flag and to report what happened. */
export const clientCode = (language: Language, asked: CodeAsked): string => CODE[language](asked);
