import type { ScanFinding } from '../worker/fileWorkerMessages.ts';

/** Modules that reach the system, run code, or load more of it: nothing of them belongs into weights. */
const DANGEROUS_MODULES = new Set([
  'os', 'posix', 'nt', 'sys', 'subprocess', 'socket', 'shutil', 'runpy', 'webbrowser', 'ctypes', '_ctypes', 'importlib', 'imp', 'pty', 'pickle', '_pickle', 'cpickle', 'dill', 'cloudpickle', 'joblib', 'pip', 'pydoc',
  'timeit', 'bdb', 'pdb', 'code', 'codeop', 'commands', 'asyncio', 'aiohttp', 'requests', 'urllib', 'urllib2', 'urllib3', 'http', 'httplib', 'httpx', 'ftplib', 'smtplib', 'telnetlib', 'ssl', 'marshal', 'types', 'inspect', 'multiprocessing',
  '_posixsubprocess', 'platform', 'signal', 'threading', '_thread', 'tempfile', 'glob', 'zipimport', 'pkgutil', 'linecache', 'trace', 'cprofile', 'profile', 'doctest', 'unittest', 'distutils', 'setuptools', 'ensurepip', 'venv', 'idlelib',
  'lib2to3', 'tkinter', '_osx_support', '_aix_support', '_pyrepl', 'site', 'test', 'readline', 'rlcompleter', 'numpy.testing', 'torch.hub', 'torch.serialization', 'torch.jit', 'torch.utils.cpp_extension', 'torch.package',
  'torch.distributed.rpc', 'torch.fx', 'torch._dynamo', 'torch._inductor', 'torch.utils.collect_env', 'torch.utils.bottleneck', 'operator', '_operator', 'functools', '_functools', 'ast', 'sqlite3', 'winreg', '_winapi',
]);

/** Builtins that run, fetch or open something. */
const DANGEROUS_BUILTINS = new Set(['eval', 'exec', 'execfile', 'compile', 'open', 'file', 'input', 'raw_input', '__import__', 'breakpoint', 'getattr', 'setattr', 'delattr', 'hasattr', 'apply', 'globals', 'locals', 'vars', 'dir', 'memoryview', 'help', 'reload', 'exit', 'quit', 'map', 'filter']);
const BUILTIN_MODULES = new Set(['builtins', '__builtin__']);
const HARMLESS_BUILTINS = new Set(['set', 'frozenset', 'list', 'dict', 'tuple', 'int', 'long', 'float', 'complex', 'bool', 'str', 'unicode', 'bytes', 'bytearray', 'object', 'slice', 'range', 'xrange', 'print']);

/** What checkpoints of torch and numpy are made of. */
const HARMLESS = new Set([
  'collections.OrderedDict', 'collections.defaultdict', 'collections.Counter', 'collections.deque', 'copyreg._reconstructor', 'copy_reg._reconstructor', '_codecs.encode', 'argparse.Namespace', 'datetime.datetime', 'datetime.timedelta',
  'numpy.dtype', 'numpy.ndarray', 'numpy.core.multiarray._reconstruct', 'numpy.core.multiarray.scalar', 'numpy._core.multiarray._reconstruct', 'numpy._core.multiarray.scalar', 'numpy.core.numeric._frombuffer', 'numpy._core.numeric._frombuffer',
  'torch.Size', 'torch.device', 'torch.Tensor', 'torch.nn.parameter.Parameter', 'torch.nn.Parameter', 'torch._tensor._rebuild_from_type_v2', 'torch.storage._load_from_bytes', 'torch.storage.UntypedStorage', 'torch.storage.TypedStorage', 'torch.serialization._get_layout', 'pathlib.PosixPath', 'pathlib.PurePosixPath',
]);
const HARMLESS_PATTERN = /^torch\.(_utils\._rebuild_\w+|(cuda\.)?\w+Storage|(float|bfloat|int|uint|complex|quint|qint)\d+(_e\dm\d\w*)?|bool|half|float|double|long|int|short|\w+Tensor|optim\.\w+\.\w+|nn\.modules\.\w+\.\w+)$/;

/** Judges one import of a pickle: null where checkpoints are made of such. What nobody knows is suspicious. */
export function judgeImport(module: string, name: string): ScanFinding | null {
  const full = `${module}.${name}`;
  if (isDangerous(module, name) && !HARMLESS.has(full)) return { level: 'dangerous', name: full.slice(0, 200) };
  // A name with dots reaches through what it names: `collections.OrderedDict.__init__.__globals__`.
  if (name.includes('.')) return { level: 'suspicious', name: full.slice(0, 200) };
  if (HARMLESS.has(full) || HARMLESS_PATTERN.test(full)) return null;
  if (BUILTIN_MODULES.has(module) && HARMLESS_BUILTINS.has(name)) return null;
  return { level: 'suspicious', name: full.slice(0, 200) };
}

function isDangerous(module: string, name: string): boolean {
  const parts = module.toLowerCase().split('.');
  const isModule = parts.some((_, n) => DANGEROUS_MODULES.has(parts.slice(0, n + 1).join('.')));
  const [first = ''] = name.split('.');
  return isModule || (BUILTIN_MODULES.has(module) && DANGEROUS_BUILTINS.has(first)) || /__(globals|builtins|subclasses|import|code|class)__/.test(name);
}
