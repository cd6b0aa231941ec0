import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useGroup } from '../../data/use-group.ts';
import { SelectField } from '../../ui/field.tsx';
import { Answer } from '../../ui/page.tsx';
import { Copyable } from '../../ui/text.tsx';
import { clientCode, type FlagAsked, LANGUAGES } from './code-texts.ts';
import { projectQuery } from './queries.ts';

/** Code that asks for a flag, with this host and the project's token. */
export function ClientCode(asked: FlagAsked) {
  const project = useQuery(projectQuery(useGroup()));
  const [language, setLanguage] = useState<(typeof LANGUAGES)[number]>('Browser');
  return (
    <Answer query={project}>
      {({ api_token: token }) => (
        <div className="stack">
          <div className="row">
            <SelectField
              label="Language"
              value={language}
              onChange={({ target }) =>
                setLanguage(LANGUAGES.find((each) => each === target.value) ?? 'Browser')
              }
            >
              {LANGUAGES.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </SelectField>
          </div>
          <Copyable
            text={clientCode(language, { ...asked, host: window.location.origin, token })}
          />
        </div>
      )}
    </Answer>
  );
}
