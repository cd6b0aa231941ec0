import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { sessionQuery } from '../data/session.ts';
import { isPersonKey, keepPerson } from './kept.ts';

/**
 * Tabs share one session. Somebody else who signs in in another tab sees nothing here of what was read before, and
 * no tab acts in the name of another than it shows: each notes whose it is, and looks again when that changes.
 */
export function useSamePerson(id: number | null | undefined): void {
  const queries = useQueryClient();
  const first = useRef(id);
  useEffect(() => {
    if (id === undefined) return;
    keepPerson(id);
    if (id === null) return;
    first.current ??= id;
    if (first.current !== id) window.location.reload();
  }, [id]);
  useEffect(() => {
    const look = ({ key }: StorageEvent): void => {
      if (isPersonKey(key)) void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
    };
    window.addEventListener('storage', look);
    return () => window.removeEventListener('storage', look);
  }, [queries]);
}
