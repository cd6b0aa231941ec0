import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import { answerOf, type DioptraAnswer, dioptra } from '../../data/api.ts';
import { sessionQuery } from '../../data/session.ts';
import { Button } from '../../ui/button.tsx';
import { type Column, DataTable } from '../../ui/data-table.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { searchText } from '../../ui/list-search.ts';
import { Answer, Card } from '../../ui/page.tsx';
import { Badge, FreshnessOf, Name } from '../../ui/text.tsx';
import { groupQuery } from '../people/group-query.ts';
import { PUBLIC_GROUP } from '../people/permissions.ts';
import { EndUser } from './end-user.tsx';
import { MakeUserForm } from './make-user-form.tsx';

const route = getRouteApi('/signed-in/admin');

export type User = DioptraAnswer<'listUsers'>['data'][number];
const MOST = 1000;

const usersQuery = (search: string | undefined) => ({
  queryKey: ['users', search ?? ''],
  queryFn: () =>
    answerOf(
      dioptra.GET('/users', {
        params: {
          query: { pageLength: MOST, ...(search !== undefined && { search: searchText(search) }) },
        },
      }),
    ),
  placeholderData: keepPreviousData,
});

/** Every account of the deployment. */
export function UsersTab() {
  const { search } = route.useSearch();
  const navigate = route.useNavigate();
  const users = useQuery(usersQuery(search));
  const session = useQuery(sessionQuery);
  const publicGroup = useQuery({ ...groupQuery(PUBLIC_GROUP), retry: false });
  const [asked, setAsked] = useState<'make' | User>();
  const close = (): void => setAsked(undefined);
  const members = publicGroup.data?.members ?? [];
  const administrators = new Set(
    members.filter(({ permissions }) => permissions.admin).map(({ user }) => user.id),
  );
  const columns = columnsOf({ administrators, self: session.data?.id ?? 0, onEnd: setAsked });
  return (
    <Card
      title="Users"
      actions={
        <div className="row">
          <FreshnessOf query={users} />
          <Button kind="primary" onClick={() => setAsked('make')}>
            Make an account
          </Button>
        </div>
      }
    >
      <TextField
        label="Find"
        type="search"
        placeholder="Part of a name or address"
        value={search ?? ''}
        onChange={({ target: { value } }) =>
          void navigate({ search: value === '' ? {} : { search: value }, replace: true })
        }
      />
      <Answer query={users}>
        {({ data, totalNumResults }) => (
          <DataTable
            label="Users"
            columns={columns}
            rows={data}
            rowId={({ id }) => String(id)}
            height="max(20rem, calc(100dvh - 24rem))"
            footer={
              totalNumResults > data.length
                ? `The first ${data.length} of ${totalNumResults}: find the others by their name.`
                : `${totalNumResults} found.`
            }
          />
        )}
      </Answer>
      <Dialog title="Make an account" open={asked === 'make'} onClose={close}>
        <MakeUserForm onClose={close} />
      </Dialog>
      <EndUser user={typeof asked === 'object' ? asked : undefined} onClose={close} />
    </Card>
  );
}

interface ColumnsInput {
  readonly administrators: ReadonlySet<number>;
  readonly self: number;
  readonly onEnd: (user: User) => void;
}

const columnsOf = ({ administrators, self, onEnd }: ColumnsInput): readonly Column<User>[] => [
  { id: 'id', title: 'Number', width: 80, numeric: true, cell: ({ id }) => id },
  {
    id: 'name',
    title: 'Name',
    width: 220,
    cell: ({ id, username }) => (
      <>
        <Name>{username}</Name> {id === self && <Badge>You</Badge>}{' '}
        {administrators.has(id) && <Badge tone="good">Administrator</Badge>}
      </>
    ),
  },
  {
    id: 'email',
    title: 'E-mail',
    width: 240,
    cell: ({ email }) => (email === '' ? <Badge>Service account</Badge> : <Name>{email}</Name>),
  },
  {
    id: 'actions',
    title: 'Action',
    width: 140,
    cell: (user) => {
      const why = whyNotEnd(user, self);
      return (
        <Button
          kind="quiet"
          aria-label={`End the account of ${user.username}`}
          disabled={why !== undefined}
          title={why}
          onClick={() => onEnd(user)}
        >
          End
        </Button>
      );
    },
  },
];

function whyNotEnd(user: User, self: number): string | undefined {
  if (user.id === self) return 'Your own account ends on the page of your account.';
  return user.email === '' ? 'Service accounts are ended by their group.' : undefined;
}
