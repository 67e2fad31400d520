import { basename, extname } from 'node:path';

const QUANTISATION = /(?:^|[-._])((?:UD-)?(?:IQ|TQ|Q)\d(?:_[A-Z0-9]+)*|BF16|F16|FP16|F32|FP32|MXFP4(?:_MOE)?|NVFP4)(?=$|[-._])/i;

/** The quantisation that a file's name tells, in capitals, such as `Q4_K_M` or `UD-Q4_K_XL`; null where it tells none. */
export function readQuantisation(path: string): string | null {
  const found = QUANTISATION.exec(stem(path))?.[1]?.toUpperCase();
  return found?.replace(/^FP(16|32)$/, 'F$1') ?? null;
}

/** A model's name from its file's: without extension, part numbers and quantisation. */
export function readNameOfFile(path: string): string {
  const whole = stem(path);
  const name = whole.replace(QUANTISATION, '').replace(/[-._]+$/, '');
  return name === '' ? whole : name;
}

function stem(path: string): string {
  return basename(path, extname(path)).replace(/-\d{5}-of-\d{5}$/, '');
}
