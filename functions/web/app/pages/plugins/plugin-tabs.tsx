import { Link } from '@tanstack/react-router';
import { useGroup } from '../../data/use-group.ts';
import { Tabs } from '../../ui/tabs.tsx';

/** Between plugins and the types of what their tasks take. */
export function PluginTabs() {
  const group = useGroup();
  return (
    <Tabs label="Plugins and their types">
      <Link to="/$group/plugins" params={{ group }} activeOptions={{ exact: true }}>
        Plugins
      </Link>
      <Link to="/$group/plugins/types" params={{ group }}>
        Parameter types
      </Link>
    </Tabs>
  );
}
