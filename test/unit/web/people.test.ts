import { describe, expect, test } from 'vitest';
import {
  invitationIn,
  invitationLink,
} from '../../../functions/web/app/pages/account/invitation.ts';
import { nextPage } from '../../../functions/web/app/pages/account/next-page.ts';
import { scopeTexts, scopeWords } from '../../../functions/web/app/pages/account/scopes.ts';
import {
  serviceUsages,
  workerUsages,
} from '../../../functions/web/app/pages/account/token-code.ts';
import { auditCsv } from '../../../functions/web/app/pages/people/audit-file.ts';
import {
  type AuditRecord,
  actionOf,
  choicesIn,
  goesFurtherBack,
  isWanted,
  thingsOf,
} from '../../../functions/web/app/pages/people/audit-record.ts';
import {
  MEMBER,
  OWNER,
  READER,
  roleOf,
  whyNotManage,
  whyNotSet,
  withFlag,
} from '../../../functions/web/app/pages/people/permissions.ts';

describe('where one goes after signing in', () => {
  test.each([
    ['/1/jobs?state=queued#log', '/ui/1/jobs?state=queued#log'],
    ['/account', '/ui/account'],
  ])('%s is within', (next, page) => expect(nextPage(next)).toBe(page));

  test.each([
    undefined,
    '',
    '//evil.test/',
    '/\\evil.test/',
    '\\\\evil.test',
    'https://evil.test/',
    'javascript:alert(1)',
    '/\tjavascript:alert(1)/../../x',
    '/../api/v1/groups',
    '/..//evil.test',
    '/%2e%2e/docs',
    '/sign-in?next=/sign-in',
    '/register',
    '@evil.test',
    '.evil.test',
  ])('%j is not', (next) => {
    const page = nextPage(next);
    expect(new URL(page, 'https://here.test').origin).toBe('https://here.test');
    expect(page).toMatch(/^\/ui\//);
    expect(page).not.toMatch(/sign-in|register|evil|docs|api/);
  });
});

test('an invitation is found in its link, and in what was copied around it', () => {
  const token = `asi_${'a-_9'.repeat(8)}`;
  expect(invitationIn(invitationLink('https://here.test', token))).toBe(token);
  expect(invitationIn(`  ${token}\n`)).toBe(token);
  expect(invitationIn(' none ')).toBe('none');
});

test('scopes are sent as they were chosen, and told in words', () => {
  expect(scopeTexts({ run: 'write', job: 'none', audit: 'read' })).toEqual([
    'run:write',
    'audit:read',
  ]);
  expect(scopeWords(null)).toBe(scopeWords(['*']));
  expect(scopeWords(['run:read'])).toBe('run:read');
});

test('code to copy quotes what people called their accounts and pools', () => {
  const name = `x"); import os #\n`;
  const [dioptra] = serviceUsages('https://here.test', 'asv_1', name);
  expect(dioptra?.code.split('\n')).toHaveLength(5);
  expect(dioptra?.code).toContain(`username=${JSON.stringify(name)}`);
  const [worker] = workerUsages('https://here.test', 'asw_1', `g'pu; rm -rf ~`);
  expect(worker?.code).toContain(String.raw`--pool 'g'\''pu; rm -rf ~'`);
});

describe('permissions', () => {
  const admin = { ...MEMBER, admin: true };

  test('nobody manages who may do more', () => {
    expect(whyNotManage(admin, MEMBER)).toBeUndefined();
    expect(whyNotManage(admin, OWNER)).toMatch(/“Own”/);
    expect(whyNotManage(MEMBER, READER)).toMatch(/Only owners/);
  });

  test('nobody gives what they have not', () => {
    expect(whyNotSet(admin, 'owner', MEMBER)).toMatch(/yourself/);
    expect(whyNotSet(admin, 'write', MEMBER)).toBeUndefined();
    expect(whyNotSet(OWNER, 'admin', OWNER)).toMatch(/every/);
    expect(whyNotSet(OWNER, 'admin', MEMBER, true)).toMatch(/service account/);
  });

  test('an owner has all, and may be made less', () => {
    expect(withFlag(READER, 'owner', true)).toEqual(OWNER);
    expect(withFlag(OWNER, 'owner', false)).toEqual({ ...OWNER, owner: false });
    expect([OWNER, admin, MEMBER, READER].map(roleOf)).toEqual([
      'Owner',
      'Administrator',
      'Member',
      'Reader',
    ]);
  });
});

describe('the trail', () => {
  const record = (more: Partial<AuditRecord>): AuditRecord => ({
    createdOn: '2026-11-20T12:00:00.000000+00:00',
    user: { id: 7, username: 'ada' },
    tokenId: null,
    job: null,
    operationId: 'createQueue',
    method: 'POST',
    path: '/api/v1/queues',
    requestId: 'r',
    inputSha256: null,
    changed: [
      { entity_type: 'group', group_id: 1 },
      { entity_type: 'queue', resource_id: 15 },
    ],
    ...more,
  });

  test('tells what was changed, not where it is', () => {
    expect(thingsOf(record({}))).toEqual([{ kind: 'queue', id: '15' }]);
    expect(actionOf(record({ operationId: 'changeGroupMember' }))).toBe('Change group member');
  });

  test('tells whom a call about people was about', () => {
    const path = '/api/v1/groups/2/members/3';
    expect(thingsOf(record({ path }))).toEqual([{ kind: 'member', id: '3' }]);
    const left = { path: '/api/v1/groups/2/members/current' };
    expect(thingsOf(record(left))).toEqual([{ kind: 'group', id: '2' }]);
  });

  test('knows an A/B test by its address, and each thing once', () => {
    const changed = [
      { entity_type: 'project', project_id: 1 },
      { entity_type: 'experiment', id: 6 },
      { entity_type: 'experiment', resource_id: 6 },
      { entity_type: 'feature_flag', id: 6 },
    ];
    const path = '/api/projects/1/experiments';
    expect(thingsOf(record({ path, changed }))).toEqual([
      { kind: 'A/B test', id: '6' },
      { kind: 'feature flag', id: '6' },
    ]);
  });

  test.each<[string, string, AuditRecord['changed'], string]>([
    [
      'createDraftOfEntrypoint',
      'entrypoints/16/draft',
      [
        { entity_type: 'entry_point', resource_id: 16 },
        { entity_type: 'entry_point', resource_id: 4 },
      ],
      'of entrypoint 16',
    ],
    [
      'changeDraftOfPluginFile',
      'plugins/2/files/16/draft',
      [{ entity_type: 'group', group_id: 1 }],
      'of plugin file 16',
    ],
    [
      'createQueueDraft',
      'queues/drafts',
      [
        { entity_type: 'group', group_id: 1 },
        { entity_type: 'queue', resource_id: 3 },
      ],
      '3',
    ],
    [
      'createQueueDraft',
      'queues/drafts',
      [
        { entity_type: 'group', group_id: 1 },
        { entity_type: 'draft', draft_id: 3 },
      ],
      '3',
    ],
    ['createQueueDraft', 'queues/drafts', [{ entity_type: 'group', group_id: 1 }], ''],
    ['changeQueueDraft', 'queues/drafts/3', [{ entity_type: 'group', group_id: 1 }], '3'],
  ])('tells drafts as drafts: %s at %s of %j', (operationId, path, changed, id) => {
    const told = thingsOf(record({ operationId, path: `/api/v1/${path}`, changed }));
    expect(told).toEqual([{ kind: 'draft', id }]);
  });

  test('is filtered by person, kind and day', () => {
    const nobody = record({ user: null, createdOn: '2026-11-01T12:00:00+00:00' });
    const records = [record({}), nobody];
    const found = (filter: Parameters<typeof isWanted>[1]) =>
      records.filter((each) => isWanted(each, filter));
    expect(found({ person: 7 })).toEqual([records[0]]);
    expect(found({ person: 0 })).toEqual([nobody]);
    expect(found({ kind: 'queue' })).toHaveLength(2);
    expect(found({ kind: 'job' })).toEqual([]);
    expect(found({ from: '2026-11-19' })).toEqual([records[0]]);
    expect(found({ to: '2026-11-02' })).toEqual([nobody]);
    expect(choicesIn(records).people).toEqual([
      [7, 'ada'],
      [0, 'Nobody signed in'],
    ]);
  });

  test('is not read further back than it is asked for', () => {
    expect(goesFurtherBack([record({})], { from: '2026-11-25' })).toBe(false);
    expect(goesFurtherBack([record({})], { from: '2026-11-01' })).toBe(true);
    expect(goesFurtherBack([record({})], {})).toBe(true);
  });

  test('is no formula in a spreadsheet, and one line a record', () => {
    const username = '=HYPERLINK("https://evil.test")\r\n"';
    const lines = auditCsv([record({ user: { id: 7, username } })]).split('\r\n');
    expect(lines.slice(1, 3).join('\r\n')).toContain(`"'=HYPERLINK(""https://evil.test"")\r\n"""`);
    expect(lines[0]?.split(',')[0]).toBe('time');
  });
});
