import { groupList, type Kind, type ResourceType } from './resource.ts';

/** The kind of resources that have a name of their own in their group, and a description. */
export const namedKind = <D extends { readonly name: string; readonly description: string }>(
  type: ResourceType,
  rules: Pick<Kind<D>, 'keptWhenDeleted' | 'order'> & Partial<Kind<D>>,
): Kind<D> => ({
  type,
  uniqueName: ({ groupId, data }) => ({
    scope: String(groupId),
    name: data.name,
    shown: { name: data.name, group_id: groupId },
  }),
  lists: (resource) => [groupList(resource)],
  summary: ({ data }) => ({ name: data.name, description: data.description }),
  searchable: ['name', 'description', 'tag'],
  sortable: {
    name: 'name',
    createdOn: 'createdOn',
    lastModifiedOn: 'lastModifiedOn',
    description: 'description',
  },
  ...rules,
});
