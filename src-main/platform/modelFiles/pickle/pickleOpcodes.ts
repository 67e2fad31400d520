/** How an opcode's argument is written: so many bytes, a line, or a length and then bytes. */
export type PickleArgument = 'none' | 1 | 2 | 4 | 8 | 'line' | 'two_lines' | 'text1' | 'text4' | 'text8' | 'bytes1' | 'bytes4' | 'bytes8' | 'signed4';

/** What an opcode does to the stack, as far as names of imports depend on it. */
export type PickleEffect =
  | { readonly kind: 'replace'; readonly takes: number }
  | { readonly kind: 'none' | 'text' | 'stop' }
  | { readonly kind: 'move'; readonly how: StackMove }
  | { readonly kind: 'memo'; readonly how: MemoUse }
  | { readonly kind: 'import'; readonly how: ImportWay };
export type StackMove = 'mark' | 'pop' | 'pop_mark' | 'collect' | 'append' | 'dup';
export type MemoUse = 'put' | 'memoize' | 'get';
export type ImportWay = 'global' | 'stack_global' | 'inst' | 'extension';

export interface PickleOpcode { readonly argument: PickleArgument; readonly effect: PickleEffect }

const replace = (takes: number): PickleEffect => ({ kind: 'replace', takes });
const simple = (kind: 'none' | 'text' | 'stop'): PickleEffect => ({ kind });
const move = (how: StackMove): PickleEffect => ({ kind: 'move', how });
const memo = (how: MemoUse): PickleEffect => ({ kind: 'memo', how });
const imports = (how: ImportWay): PickleEffect => ({ kind: 'import', how });
const entry = (code: string | number, argument: PickleArgument, effect: PickleEffect): [number, PickleOpcode] => [typeof code === 'string' ? code.charCodeAt(0) : code, { argument, effect }];

/** All opcodes of protocols 0 to 5. Source: the documentation of Python's `pickletools`, 3.13. */
export const PICKLE_OPCODES: ReadonlyMap<number, PickleOpcode> = new Map([
  entry('(', 'none', move('mark')), entry('.', 'none', simple('stop')), entry('0', 'none', move('pop')), entry('1', 'none', move('pop_mark')), entry('2', 'none', move('dup')),
  entry('F', 'line', replace(0)), entry('I', 'line', replace(0)), entry('J', 4, replace(0)), entry('K', 1, replace(0)), entry('L', 'line', replace(0)), entry('M', 2, replace(0)), entry('N', 'none', replace(0)),
  entry('P', 'line', replace(0)), entry('Q', 'none', replace(1)), entry('R', 'none', replace(2)),
  entry('S', 'line', simple('text')), entry('T', 'signed4', simple('text')), entry('U', 'text1', simple('text')), entry('V', 'line', simple('text')), entry('X', 'text4', simple('text')),
  entry('a', 'none', replace(2)), entry('b', 'none', replace(2)), entry('c', 'two_lines', imports('global')), entry('d', 'none', move('collect')), entry('}', 'none', replace(0)), entry('e', 'none', move('append')),
  entry('g', 'line', memo('get')), entry('h', 1, memo('get')), entry('i', 'two_lines', imports('inst')), entry('j', 4, memo('get')), entry('l', 'none', move('collect')), entry(']', 'none', replace(0)),
  entry('o', 'none', move('collect')), entry('p', 'line', memo('put')), entry('q', 1, memo('put')), entry('r', 4, memo('put')), entry('s', 'none', replace(3)), entry('t', 'none', move('collect')), entry(')', 'none', replace(0)),
  entry('u', 'none', move('append')), entry('G', 8, replace(0)),
  entry(0x80, 1, simple('none')), entry(0x81, 'none', replace(2)), entry(0x82, 1, imports('extension')), entry(0x83, 2, imports('extension')), entry(0x84, 4, imports('extension')),
  entry(0x85, 'none', replace(1)), entry(0x86, 'none', replace(2)), entry(0x87, 'none', replace(3)), entry(0x88, 'none', replace(0)), entry(0x89, 'none', replace(0)), entry(0x8a, 'bytes1', replace(0)), entry(0x8b, 'signed4', replace(0)),
  entry('B', 'bytes4', replace(0)), entry('C', 'bytes1', replace(0)),
  entry(0x8c, 'text1', simple('text')), entry(0x8d, 'text8', simple('text')), entry(0x8e, 'bytes8', replace(0)), entry(0x8f, 'none', replace(0)), entry(0x90, 'none', move('append')), entry(0x91, 'none', move('collect')),
  entry(0x92, 'none', replace(3)), entry(0x93, 'none', imports('stack_global')), entry(0x94, 'none', memo('memoize')), entry(0x95, 8, simple('none')), entry(0x96, 'bytes8', replace(0)), entry(0x97, 'none', replace(0)), entry(0x98, 'none', simple('none')),
]);
