import type { ScanFinding } from '../worker/fileWorkerMessages.ts';

/** Modules that reach the system, run code, or load more of it: nothing of them belongs into weights. */
const DANGEROUS_MODULES = new Set([
  'os', 'posix', 'nt', 'sys', 'subprocess', 'socket', 'shutil', 'runpy', 'webbrowser', 'ctypes', '_ctypes', 'importlib', 'imp', 'pty', 'pickle', '_pickle', 'cpickle', 'dill', 'cloudpickle', 'joblib', 'pip', 'pydoc',
  'timeit', 'bdb', 'pdb', 'code', 'codeop', 'commands', 'asyncio', 'aiohttp', 'requests', 'urllib', 'urllib2', 'urllib3', 'http', 'httplib', 'httpx', 'ftplib', 'smtplib', 'telnetlib', 'ssl', 'marshal', 'types', 'inspect', 'multiprocessing',
  '_posixsubprocess', 'platform', 'signal', 'threading', '_thread', 'tempfile', 'glob', 'zipimport', 'pkgutil', 'linecache', 'trace', 'cprofile', 'profile', 'doctest', 'unittest', 'distutils', 'setuptools', 'ensurepip', 'venv', 'idlelib',
  'lib2to3', 'tkinter', '_osx_support', '_aix_support', '_pyrepl', 'site', 'test', 'readline', 'rlcompleter', 'numpy.testing', 'torch.hub', 'torch.serialization', 'torch.jit', 'torch.utils.cpp_extension', 'torch.package',
  'torch.distributed.rpc', 'torch.fx', 'torch._dynamo', 'torch._inductor', 'torch.utils.collect_env', 'torch.utils.bottleneck', 'operator', '_operator', 'functools', '_functools', 'ast', 'sqlite3', 'winreg', '_winapi',
  'io', '_io', '_pyio', 'codecs', 'pathlib', 'fileinput', 'mmap', 'gzip', 'bz2', 'lzma', 'zipfile', 'tarfile', 'logging.config', 'cgitb', 'imaplib', 'poplib', 'nntplib', 'xmlrpc', 'socketserver', 'numpy.f2py', 'numpy.distutils',
  // Single names: what they read is unpickled or run.
  'torch.load', 'torch.storage._load_from_bytes', 'torch.ops', 'torch.classes', 'torch.multiprocessing', 'numpy.load', 'pandas.read_pickle', 'pandas.eval', 'uuid._get_command_stdout', 'uuid._popen',
]);

/** Builtins that run, fetch or open something. */
const DANGEROUS_BUILTINS = new Set(['eval', 'exec', 'execfile', 'compile', 'open', 'file', 'input', 'raw_input', '__import__', 'breakpoint', 'getattr', 'setattr', 'delattr', 'hasattr', 'apply', 'globals', 'locals', 'vars', 'dir', 'memoryview', 'help', 'reload', 'exit', 'quit', 'map', 'filter']);
const BUILTIN_MODULES = new Set(['builtins', '__builtin__']);
const HARMLESS_BUILTINS = new Set(['set', 'frozenset', 'list', 'dict', 'tuple', 'int', 'long', 'float', 'complex', 'bool', 'str', 'unicode', 'bytes', 'bytearray', 'object', 'slice', 'range', 'xrange', 'print']);

/** What checkpoints of torch and numpy are made of. */
const HARMLESS = new Set([
  'collections.OrderedDict', 'collections.defaultdict', 'collections.Counter', 'collections.deque', 'copyreg._reconstructor', 'copy_reg._reconstructor', '_codecs.encode', 'argparse.Namespace', 'io.BytesIO', '_io.BytesIO', 'datetime.datetime', 'datetime.timedelta',
  'numpy.dtype', 'numpy.ndarray', 'numpy.core.multiarray._reconstruct', 'numpy.core.multiarray.scalar', 'numpy._core.multiarray._reconstruct', 'numpy._core.multiarray.scalar', 'numpy.core.numeric._frombuffer', 'numpy._core.numeric._frombuffer',
  'torch.Size', 'torch.device', 'torch.Tensor', 'torch.nn.parameter.Parameter', 'torch.nn.Parameter', 'torch._tensor._rebuild_from_type_v2', 'torch.storage.UntypedStorage', 'torch.storage.TypedStorage', 'torch.serialization._get_layout', 'pathlib.PosixPath', 'pathlib.PurePosixPath', 'pathlib.WindowsPath', 'pathlib.PureWindowsPath', 'pathlib._local.PosixPath', 'pathlib._local.WindowsPath',
]);
const HARMLESS_PATTERN = /^torch\.(_utils\._rebuild_\w+|(cuda\.)?\w+Storage|(float|bfloat|int|uint|complex|quint|qint)\d+(_e\dm\d\w*)?|bool|half|float|double|long|int|short|\w+Tensor|optim\.\w+\.\w+|nn\.modules\.\w+\.\w+)$/;

/** Pickles that Python writes name what they import by identifiers; an escape stands for letters that shall not be seen. */
const NAME = /^[\p{L}\p{N}_.]+$/u;

/** Judges one import of a pickle: null where checkpoints are made of such. What nobody knows is suspicious, what hides its name dangerous. */
export function judgeImport(module: string, name: string): ScanFinding | null {
  const full = `${module}.${name}`;
  if (!NAME.test(full)) return { level: 'dangerous', name: JSON.stringify(full.slice(0, 200)) };
  if (isDangerous(module, name) && !HARMLESS.has(full)) return { level: 'dangerous', name: full.slice(0, 200) };
  // A name with dots reaches through what it names: `collections.OrderedDict.__init__.__globals__`.
  if (name.includes('.')) return { level: 'suspicious', name: full.slice(0, 200) };
  if (HARMLESS.has(full) || HARMLESS_PATTERN.test(full)) return null;
  if (BUILTIN_MODULES.has(module) && HARMLESS_BUILTINS.has(name)) return null;
  return { level: 'suspicious', name: full.slice(0, 200) };
}

/** By the module, by the whole name, and by what a name with dots reaches through: torch itself has imported `os`. */
function isDangerous(module: string, name: string): boolean {
  const parts = `${module}.${name}`.toLowerCase().split('.');
  const isListed = parts.some((_, n) => DANGEROUS_MODULES.has(parts.slice(0, n + 1).join('.')));
  const way = name.split('.');
  const isReaching = way.length > 1 && way.some((part) => DANGEROUS_MODULES.has(part.toLowerCase()) || BUILTIN_MODULES.has(part));
  return isListed || isReaching || (BUILTIN_MODULES.has(module) && DANGEROUS_BUILTINS.has(way[0] ?? '')) || /__(globals|builtins|subclasses|import|code|class)__/.test(name);
}
