import vue from 'eslint-plugin-vue'
import accessibility from 'eslint-plugin-vuejs-accessibility'
import { globalIgnores } from 'eslint/config'
import typescript from 'typescript-eslint'

/** Source that the root tsconfig.json knows, so that rules can ask for types. */
const typedFiles = [
  '{kernel,engine,migrations,test}/**/*.ts',
  'plugins/*/*.ts',
  'plugins/*/{routes,server,migrations,test}/**/*.ts',
  'moleculer.config.ts',
]

const floats = [
  {
    selector: 'CallExpression[callee.name="parseFloat"]',
    message: 'Money is an Amount or a decimal string.',
  },
  {
    selector: 'CallExpression[callee.property.name="parseFloat"]',
    message: 'Money is an Amount or a decimal string.',
  },
  { selector: 'CallExpression[callee.property.name="toFixed"]', message: 'Write amounts with formatAmount.' },
]
/** A literal spread into a literal says nothing that its own properties do not say. */
const nested = [
  {
    selector: 'ObjectExpression > SpreadElement > ObjectExpression',
    message: 'Write the properties themselves.',
  },
  {
    selector: 'ObjectExpression > SpreadElement > TSAsExpression > ObjectExpression',
    message: 'Write the properties themselves.',
  },
  {
    selector: 'ArrayExpression > SpreadElement > ArrayExpression',
    message: 'Write the elements themselves.',
  },
]
const numbers = {
  selector: 'CallExpression[callee.name="Number"]',
  message: 'A number cannot hold an amount: use BigInt, or Number.parseInt for a count.',
}

/** Only rules that find bugs: how code looks is Prettier's business. */
export default typescript.config(
  globalIgnores(['**/node_modules', '**/.nuxt', '**/.output', '**/dist', '.data']),
  {
    files: ['**/*.{ts,mts}'],
    languageOptions: { parser: typescript.parser },
    plugins: { '@typescript-eslint': typescript.plugin },
    rules: { '@typescript-eslint/no-explicit-any': 'error', '@typescript-eslint/ban-ts-comment': 'error' },
  },
  {
    files: typedFiles,
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-unsafe-argument': 'error',
      '@typescript-eslint/no-unsafe-assignment': 'error',
      '@typescript-eslint/no-unsafe-call': 'error',
      '@typescript-eslint/no-unsafe-member-access': 'error',
      '@typescript-eslint/no-unsafe-return': 'error',
    },
  },
  {
    // A test may look into an answer of any shape: the assertion is the check.
    files: ['**/{test,bench}/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  ...vue.configs['flat/essential'],
  ...accessibility.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: typescript.parser } },
    rules: {
      'vue/multi-word-component-names': 'off',
      // A dialog that opens must take the focus.
      'vuejs-accessibility/no-autofocus': 'off',
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      'vue/no-restricted-html-elements': [
        'error',
        {
          element: 'a',
          message: 'Use ULink or NuxtLink: a raw link reloads the page and loses what is live.',
        },
      ],
      'vue/no-restricted-class': [
        'error',
        '/^(.*:)?-?(m[lr]|p[lr]|left|right|border-[lr]|rounded-[lr]|text-(left|right)|float-(left|right))(-|$)/',
      ],
    },
  },
  { files: ['**/*.{ts,mts,vue}'], rules: { 'no-restricted-syntax': ['error', ...nested] } },
  {
    files: ['{kernel,plugins}/**/*.{ts,vue}'],
    ignores: ['**/{test,bench}/**', 'kernel/{setup,supervisor,cli,replay,plugins}/**'],
    rules: { 'no-restricted-syntax': ['error', ...nested, ...floats] },
  },
  {
    files: ['kernel/money/**/*.ts'],
    ignores: ['**/test/**'],
    rules: { 'no-restricted-syntax': ['error', ...nested, ...floats, numbers] },
  },
)
