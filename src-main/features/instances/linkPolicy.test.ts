import { expect, test } from 'vitest';
import { decideLink, describeLink, planLinks, type FoundPlace, type LinkPlaces, type WantedLink } from './linkPolicy.ts';

const places: LinkPlaces = { folder: '/data/instances/a', output: '/data/instances/a/output', shared: '/data/shared', formerOutput: null };
type Header = Parameters<typeof planLinks>[0];

const show = (header: Partial<Header>, change: Partial<LinkPlaces> = {}): string[] =>
  planLinks({ links: [], outputs: null, ...header }, { ...places, ...change }).map(({ path, target, isCrossed }) => `${path} -> ${target}${isCrossed ? ' (crossed)' : ''}`);

test.each<[string, string[], string[]]>([
  ['nothing', show({}), []],
  ['a shared folder', show({ links: [{ path: 'models/vae', sharedPath: 'vae' }] }), ['models/vae -> /data/shared/vae']],
  ['the same twice, spelled twice', show({ links: [{ path: 'm/./vae', sharedPath: 'vae/' }, { path: 'm/vae/', sharedPath: './vae' }] }), ['m/vae -> /data/shared/vae']],
  ['one path, two targets', show({ links: [{ path: 'm', sharedPath: 'a' }, { path: 'm', sharedPath: 'b' }] }), ['m -> /data/shared/a (crossed)', 'm -> /data/shared/b (crossed)']],
  ['a link below a link', show({ links: [{ path: 'm', sharedPath: 'm' }, { path: 'm/vae', sharedPath: 'vae' }] }), ['m -> /data/shared/m', 'm/vae -> /data/shared/vae (crossed)']],
  ['outputs to the own output folder', show({ outputs: 'app/images' }), ['app/images -> /data/instances/a/output']],
  ['outputs that are the output folder', show({ outputs: 'output' }), []],
  ['outputs below the output folder', show({ outputs: 'output/images' }), []],
  ['outputs to a folder elsewhere', show({ outputs: 'output' }, { output: '/big/images' }), ['output -> /big/images']],
  ['outputs that would hold their own target', show({ outputs: 'app' }, { output: '/data/instances/a/app/deep' }), ['app -> /data/instances/a/app/deep (crossed)']],
])('links of a blueprint: %s', (_what, links, expected) => {
  expect(links).toEqual(expected);
});

const toShared: WantedLink = { path: 'models/vae', target: '/data/shared/vae', former: { below: '/data/shared', exact: [] }, isCrossed: false };
const [toOutput] = planLinks({ links: [], outputs: 'images' }, { ...places, output: '/new', formerOutput: '/old' });

test.each<[string, WantedLink | undefined, FoundPlace, string]>([
  ['nothing there', toShared, { kind: 'absent' }, 'make'],
  ['an empty folder', toShared, { kind: 'folder', isEmpty: true }, 'replaceFolder'],
  ['a folder with content', toShared, { kind: 'folder', isEmpty: false }, 'refuse content'],
  ['a file', toShared, { kind: 'file' }, 'refuse file'],
  ['a way that leads out', toShared, { kind: 'outside' }, 'refuse outside'],
  ['the link itself', toShared, { kind: 'link', target: '/data/shared/vae', isWanted: true }, 'keep'],
  ['a link elsewhere into what is shared', toShared, { kind: 'link', target: '/data/shared/old', isWanted: false }, 'repoint'],
  ['a user’s own link', toShared, { kind: 'link', target: '/big/vae', isWanted: false }, 'leave /big/vae'],
  ['a link whose target only begins alike', toShared, { kind: 'link', target: '/data/shared-too', isWanted: false }, 'leave /data/shared-too'],
  ['a crossing link', { ...toShared, isCrossed: true }, { kind: 'absent' }, 'refuse crossed'],
  ['outputs: the run before had another output folder', toOutput, { kind: 'link', target: '/old', isWanted: false }, 'repoint'],
  ['outputs: they went to the own folder before', toOutput, { kind: 'link', target: '/data/instances/a/output', isWanted: false }, 'repoint'],
  ['outputs: a user’s own link', toOutput, { kind: 'link', target: '/old/deeper', isWanted: false }, 'leave /old/deeper'],
])('where a link is wanted: %s', (_what, link = toShared, found, expected) => {
  const decision = decideLink(link, found);
  expect([decision.kind, 'reason' in decision ? decision.reason : null, 'target' in decision ? decision.target : null].filter((part) => part !== null).join(' ')).toBe(expected);
  expect(describeLink(link, decision)?.includes(link.path) ?? null).toBe(['refuse', 'leave'].includes(decision.kind) ? true : null);
});
