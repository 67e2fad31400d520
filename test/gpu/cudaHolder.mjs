// Holds so many bytes of the first GPU's memory until its input ends: a real process for the tests, by the driver alone.
import koffi from 'koffi';

const [bytes] = process.argv.slice(2).map(Number);
const cuda = koffi.load('libcuda.so.1');
const call = (name, kinds, ...args) => {
  const code = cuda.func(name, 'int', kinds)(...args);
  if (code !== 0) throw new Error(`${name} gave ${code}`);
};

const device = Buffer.alloc(4);
const context = Buffer.alloc(8);
const memory = Buffer.alloc(8);
call('cuInit', ['uint32'], 0);
call('cuDeviceGet', ['void *', 'int'], device, 0);
call('cuCtxCreate_v2', ['void *', 'uint32', 'int'], context, 0, device.readInt32LE());
call('cuMemAlloc_v2', ['void *', 'size_t'], memory, bytes);
process.stdout.write('held\n');
process.stdin.on('end', () => { process.exit(0); }).resume();
