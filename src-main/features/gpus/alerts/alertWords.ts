import type { Alert } from '#contract/alerts.ts';

/** An alert as the title and text of a desktop notification. */
export function describeAlert({ kind, subjectName, value, limit }: Pick<Alert, 'kind' | 'subjectName' | 'value' | 'limit'>): { title: string; body: string } {
  const now = value === null ? '' : String(Math.round(value));
  switch (kind) {
    case 'gpu_temperature': return { title: `${subjectName} is hot`, body: `${now} °C; the alert is set to ${limit ?? ''} °C.` };
    case 'vram_nearly_full': return { title: `${subjectName} is nearly full`, body: `${now} % of its memory is in use.` };
    case 'power_throttling': return { title: `${subjectName} is held back`, body: 'It has been running below its clocks for want of power.' };
    case 'gpu_lost': return { title: `${subjectName} is gone`, body: 'The driver no longer finds it. What ran on it may have failed.' };
    case 'disk_nearly_full': return { title: 'A disk is nearly full', body: `${now} % is left on the disk of ${subjectName}.` };
    case 'ram_pressure': return { title: 'Memory is nearly full', body: `${now} % of the machine's memory is in use.` };
    case 'out_of_memory': return { title: `${subjectName} ran out of memory`, body: 'It was ended for want of memory. Its log shows where.' };
  }
}
