import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import { scanPickleFile } from './pickleScan.ts';

const MAKE = `
import io, os, pickle, sys, tarfile, zipfile, collections, functools
folder = sys.argv[1]
class Evil:
    def __reduce__(self): return (os.system, ('true',))
class Eval:
    def __reduce__(self): return (eval, ('1',))
class Odd:
    def __reduce__(self): return (collections.namedtuple, ('a', 'b'))
def save(name, data): open(os.path.join(folder, name), 'wb').write(data)
for protocol in range(6):
    save(f'evil{protocol}.pkl', pickle.dumps({'w': [1.5, 'x', Evil()]}, protocol))
    save(f'good{protocol}.pkl', pickle.dumps(collections.OrderedDict(a=[1, 2.5, 'x', b'y' * 300, None, True, (1, 2), {3}]), protocol))
save('eval.bin', pickle.dumps(Eval(), 4))
save('odd.pt', pickle.dumps(Odd(), 2))
save('two.pt', pickle.dumps(1, 2) + pickle.dumps(2, 2) + pickle.dumps(Evil(), 2) + b'raw numbers')
def zipped(entries, method=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', method) as z:
        for name, data in entries: z.writestr(name, data)
    return out.getvalue()
save('torch.pth', zipped([('m/data.pkl', pickle.dumps(Evil(), 2)), ('m/data/0', bytes(range(256)) * 64), ('m/version', b'3')]))
save('clean.pth', zipped([('m/data.pkl', pickle.dumps(collections.OrderedDict(a=1), 2)), ('m/data/0', b'\\x80\\x02raw'), ('m/version', b'3')]))
save('packed.ckpt', zipped([('deep/model', zipped([('m/data.pkl', pickle.dumps(Evil(), 4))], zipfile.ZIP_DEFLATED))], zipfile.ZIP_DEFLATED))
nest = zipped([('data.pkl', pickle.dumps(1))])
for _ in range(6): nest = zipped([('data.pkl', nest)])
save('nest.pt', nest)
out = io.BytesIO()
with tarfile.open(fileobj=out, mode='w', format=tarfile.USTAR_FORMAT) as t:
    data = pickle.dumps(Evil(), 2); info = tarfile.TarInfo('pickle'); info.size = len(data); t.addfile(info, io.BytesIO(data))
save('old.pt', out.getvalue())
save('renamed.pkl', b"\\x80\\x04\\x8c\\x02os\\x94\\x8c\\x06system\\x94h\\x00h\\x01\\x93\\x8c\\x04true\\x85R.")
save('hidden.pkl', b"\\x80\\x04\\x8c\\x02os(K\\x01l0\\x8c\\x06systemK\\x01\\x930.")
save('dotted.pkl', b"\\x80\\x04\\x8c\\x0bcollections\\x8c\\x24OrderedDict.__init__.__globals__.osx\\x93.")
save('zero.pkl', b"cos\\nsystem\\n(S'true'\\ntR.")
save('escaped.pkl', b"\\x80\\x04V\\\\u006fs\\nVsystem\\n\\x93\\x8c\\x04true\\x85R.")
save('made.pkl', b"\\x80\\x04cbuiltins\\nstr\\n(C\\x02osVascii\\ntR\\x8c\\x06system\\x93.")
save('through.pkl', b"\\x80\\x04\\x8c\\x05torch\\x8c\\x09os.system\\x93.")
save('nested.pkl', pickle.dumps([1], 2)[:-1] + b"ctorch.storage\\n_load_from_bytes\\n.")
magic = pickle.dumps(0x1950a86a20f9469cfc6c, 2)
save('legacy.pt', magic + pickle.dumps(1001, 2) + pickle.dumps({}, 2) + b"cos\\nsystem\\n(S'true'\\ntR\\xff")
save('legacyGood.pt', magic + pickle.dumps(1001, 2) + pickle.dumps({}, 2) + pickle.dumps(collections.OrderedDict(a=1), 2) + pickle.dumps(['0'], 2) + bytes(range(255, 0, -1)) * 9)
save('tail.pkl', pickle.dumps(1, 2) + b"cos\\nsystem\\n(S'true'\\ntR\\xff")
whole = zipped([('m/data.pkl', pickle.dumps(Evil(), 2))])
end = len(whole) - 22
save('moved.pt', whole[:end + 16] + (int.from_bytes(whole[end + 16:end + 20], 'little') - 7).to_bytes(4, 'little') + whole[end + 20:])
clean = zipped([('m/data.pkl', pickle.dumps(1, 2))])
record = lambda size, offset: b'PK\\x06\\x06' + (44).to_bytes(8, 'little') + b'\\x2d\\x00\\x2d\\x00' + bytes(8) + (1).to_bytes(8, 'little') * 2 + size.to_bytes(8, 'little') + offset.to_bytes(8, 'little')
evil_offset = int.from_bytes(whole[end + 16:end + 20], 'little'); evil_size = int.from_bytes(whole[end + 12:end + 16], 'little')
clean_end = len(clean) - 22; clean_offset = int.from_bytes(clean[clean_end + 16:clean_end + 20], 'little'); clean_size = int.from_bytes(clean[clean_end + 12:clean_end + 16], 'little')
body = whole[:evil_offset] + whole[evil_offset:evil_offset + evil_size] + clean[clean_offset:clean_offset + clean_size]
locator = b'PK\\x06\\x07' + bytes(4) + len(body).to_bytes(8, 'little') + (1).to_bytes(4, 'little')
save('twice.pt', body + record(evil_size, evil_offset) + locator + clean[clean_end:clean_end + 12] + clean_size.to_bytes(4, 'little') + (evil_offset + evil_size).to_bytes(4, 'little') + b'\\0\\0')
big = io.BytesIO()
with tarfile.open(fileobj=big, mode='w', format=tarfile.USTAR_FORMAT) as t:
    for n in range(1001): t.addfile(tarfile.TarInfo(f'x{n}'), io.BytesIO(b''))
    data = pickle.dumps(Evil(), 2); info = tarfile.TarInfo('pickle'); info.size = len(data); t.addfile(info, io.BytesIO(data))
save('long.pt', big.getvalue())
save('inst.pkl', b"(S'true'\\nios\\nsystem\\n.")
`;

let folder = '';
let hasPython = true;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pickles-'));
  try {
    execFileSync('python3', ['-c', MAKE, folder]);
  } catch {
    hasPython = false;
  }
  await writeFile(join(folder, 'noise.bin'), Buffer.from('\x01\x02 nothing that anybody pickled'));
});
afterAll(async () => { await rm(folder, { recursive: true }); });

const scan = (name: string): ReturnType<typeof scanPickleFile> => scanPickleFile(join(folder, name));

const needPython = (ctx: TestContext): void => { ctx.skip(!hasPython, 'no python3'); };

test.for([0, 1, 2, 3, 4, 5])('protocol %i: a call of the system is found and plain data are not', (protocol, ctx) => {
  needPython(ctx);

  const [evil, good] = [scan(`evil${protocol}.pkl`), scan(`good${protocol}.pkl`)];

  expect(evil).toEqual([{ level: 'dangerous', name: expect.stringMatching(/^(posix|os|nt)\.system$/) as string }]);
  expect(good).toEqual([]);
});

test.for([
  ['eval.bin', 'builtins.eval'], ['two.pt', 'posix.system'], ['torch.pth', 'posix.system'], ['packed.ckpt', 'posix.system'], ['old.pt', 'posix.system'],
  ['renamed.pkl', 'os.system'], ['zero.pkl', 'os.system'], ['inst.pkl', 'os.system'],
] as const)('%s is dangerous for %s', ([file, name], ctx) => {
  needPython(ctx);

  expect(scan(file)).toContainEqual({ level: 'dangerous', name });
});

test('what torch itself writes is clean, also with numbers that look like a pickle', (ctx) => {
  needPython(ctx);

  expect(scan('clean.pth')).toEqual([]);
  expect(scan('legacyGood.pt')).toEqual([]);
});

test.for([
  ['odd.pt', 'suspicious'], ['hidden.pkl', 'dangerous'], ['dotted.pkl', 'dangerous'], ['nest.pt', 'unscannable'],
  ['escaped.pkl', 'dangerous'], ['made.pkl', 'dangerous'], ['through.pkl', 'dangerous'], ['nested.pkl', 'dangerous'], ['legacy.pt', 'dangerous'], ['tail.pkl', 'dangerous'],
  ['moved.pt', 'unscannable'], ['twice.pt', 'unscannable'], ['long.pt', 'unscannable'],
] as const)('%s is %s', ([file, level], ctx) => {
  needPython(ctx);

  expect(scan(file).map((finding) => finding.level)).toContain(level);
});

test('what is no pickle cannot be scanned, and that is said', () => {
  expect(scan('noise.bin')).toMatchObject([{ level: 'unscannable' }]);
});

test('a file that ends early tells what stood before the end', async (ctx) => {
  needPython(ctx);
  await truncate(join(folder, 'evil4.pkl'), 60);

  const levels = scan('evil4.pkl').map(({ level }) => level);

  expect(levels).toContain('unscannable');
});
