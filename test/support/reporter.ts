import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Reporter, SerializedError, TestCase, TestModule } from 'vitest/node';

/** One line of the report: a test, or a file or suite that could not run. */
export interface ReportedTest {
  readonly name: string;
  readonly file: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped, or how it failed; empty for what passed. */
  readonly message: string;
}

/** Prints a line per file while tests run, and writes every test with its reason to `reportPath` at the end. */
export class RunReporter implements Reporter {
  readonly #reportPath: string;
  readonly #write: (line: string) => void;

  constructor({ reportPath, write = (line) => process.stdout.write(`${line}\n`) }: { reportPath: string; write?: (line: string) => void }) {
    this.#reportPath = reportPath;
    this.#write = write;
  }

  onTestModuleEnd(module: TestModule): void {
    const tests = listTests(module);
    const count = (state: ReportedTest['state']): number => tests.filter((test) => test.state === state).length;
    const parts = (['passed', 'failed', 'skipped'] as const).filter((state) => count(state) > 0).map((state) => `${count(state)} ${state}`);
    this.#write(`  ${count('failed') > 0 ? '✗' : '✓'} ${toFile(module)}  ${parts.join(', ')} (${(module.diagnostic().duration / 1000).toFixed(1)} s)`);
    for (const test of tests.filter(({ state }) => state === 'failed')) this.#write(`      ✗ ${test.name}`);
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const unhandled = unhandledErrors.map((error): ReportedTest => ({ name: 'an error outside of any test', file: '', state: 'failed', message: toMessage([error]) }));
    writeFileSync(this.#reportPath, JSON.stringify([...modules.flatMap(listTests), ...unhandled]));
  }
}

/** A file that cannot be loaded and a suite whose hook fails count as failed tests: what they hold did not run. */
function listTests(module: TestModule): ReportedTest[] {
  const file = toFile(module);
  const broken = (name: string, errors: readonly SerializedError[]): ReportedTest[] => (errors.length === 0 ? [] : [{ name, file, state: 'failed', message: toMessage(errors) }]);
  return [
    ...broken('the file itself', module.errors()),
    ...[...module.children.allSuites()].flatMap((suite) => broken(`${suite.fullName} (set-up)`, suite.errors())),
    ...[...module.children.allTests()].map((test) => toReported(test, file)),
  ];
}

function toReported(test: TestCase, file: string): ReportedTest {
  const result = test.result();
  const named = { name: test.fullName, file };
  if (result.state === 'passed') return { ...named, state: 'passed', message: '' };
  if (result.state === 'failed') return { ...named, state: 'failed', message: toMessage(result.errors) };
  if (result.state === 'skipped') return { ...named, state: 'skipped', message: result.note ?? 'no reason given' };
  return { ...named, state: 'failed', message: 'it never ended' };
}

function toMessage(errors: readonly SerializedError[]): string {
  return errors.map(({ name, message, stack, diff }) => [stack ?? `${name ?? 'Error'}: ${message}`, diff].filter(Boolean).join('\n')).join('\n');
}

function toFile(module: TestModule): string {
  return relative(process.cwd(), module.moduleId);
}
