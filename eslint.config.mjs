import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const ban = (selector, message) => ({ selector, message });

const everywhere = [
  ban('TSAsExpression > TSAsExpression', 'No double casts: parse the value, or fix the type.'),
  ban('ExportDefaultDeclaration', 'Named exports only, so a name is the same everywhere.'),
];
const environment = ban("MemberExpression[object.name='process'][property.name='env']", 'Read the environment in app/config.ts only.');
const core = [
  ban("ThrowStatement > NewExpression[callee.name='Error']", 'Throw AppError for what a caller can act on, or call invariant().'),
  ban("CallExpression[callee.object.name='Date'][callee.property.name='now']", 'Take the time from the injected Clock.'),
  ban("NewExpression[callee.name='Date'][arguments.length=0]", 'Take the time from the injected Clock.'),
];
const tests = [
  ban("CallExpression[callee.object.name='vi'][callee.property.name=/^(mock|doMock)$/]", 'Pass a fake in; do not replace modules.'),
  ban("CallExpression[callee.name='setTimeout']", 'Wait for an event or move the fake clock; never sleep.'),
];
const window = [
  ban("MemberExpression[property.name='localStorage'], Identifier[name='localStorage']", "What should survive is kept in the backend's settings."),
  ban("JSXAttribute[name.name='dangerouslySetInnerHTML']", 'Render text, never markup from outside.'),
];
const syntax = (...bans) => ({ 'no-restricted-syntax': ['error', ...everywhere, ...bans] });

const sizes = {
  'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 10],
  'max-depth': ['error', 3],
  'max-params': ['error', 4],
};

export default tseslint.config(
  { ignores: ['node_modules', 'dist', '.cache', 'coverage', 'test-results', '**/*.d.ts', 'test/e2e/page', 'test/fixtures'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: ['./tsconfig.json', './src-renderer/tsconfig.json', './src-preload/tsconfig.json'], tsconfigRootDir: import.meta.dirname } },
    rules: {
      ...sizes,
      ...syntax(),
      'no-console': 'error',
      'no-empty': ['error', { allowEmptyCatch: false }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { ignoreVoid: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }],
    },
  },
  // What is built from the contract is typed by inference: writing the types out would declare everything twice.
  { files: ['src-main/{contract,api}/**/*.ts'], rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' } },
  { files: ['src-main/**/*.ts'], ignores: ['src-main/app/config.ts'], rules: syntax(environment) },
  { files: ['src-main/{base,platform,features,api}/**/*.ts'], ignores: ['src-main/base/clock.ts', 'src-main/base/invariant.ts'], rules: syntax(environment, ...core) },
  { files: ['src-main/{headless,cli}/**/*.ts'], rules: { 'no-console': 'off' } },
  {
    files: ['src-renderer/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...syntax(...window),
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
    },
  },
  { files: ['**/*.tsx'], rules: { 'max-lines-per-function': ['error', { max: 150, skipBlankLines: true, skipComments: true }] } },
  {
    files: ['**/*.test.{ts,tsx}', 'test/**/*.ts'],
    rules: { ...syntax(...tests), 'max-lines': ['error', 600], 'max-lines-per-function': 'off', '@typescript-eslint/explicit-module-boundary-types': 'off' },
  },
  { files: ['test/{bench,fakes}/**/*.ts'], rules: { 'no-console': 'off', ...syntax() } },
  { files: ['vite.config.ts', 'test/vitest.config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  {
    files: ['**/*.{mjs,cjs}'],
    languageOptions: { ecmaVersion: 'latest' },
    rules: {
      ...sizes,
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      'prefer-const': 'error',
      eqeqeq: 'error',
    },
  },
);
