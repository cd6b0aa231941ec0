import { THEMES } from '../../shell/kept.ts';
import { useTheme } from '../../shell/use-theme.ts';
import { Card } from '../../ui/page.tsx';

const WORDS = { system: 'As the device', light: 'Light', dark: 'Dark' };

export function AppearanceCard() {
  const [theme, setTheme] = useTheme();
  return (
    <Card title="Appearance">
      <fieldset className="account-choices">
        <legend>Theme in this browser</legend>
        {THEMES.map((each) => (
          <label key={each} className="checkbox">
            <input
              type="radio"
              name="theme"
              checked={theme === each}
              onChange={() => setTheme(each)}
            />
            {WORDS[each]}
          </label>
        ))}
      </fieldset>
    </Card>
  );
}
