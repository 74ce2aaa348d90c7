import { languages } from '../languages.ts'
import { pluralForm } from '@cambium/kernel/plural-form'

export default {
  legacy: false,
  pluralRules: Object.fromEntries(
    languages.map(({ code }) => [code, (count: number, forms: number) => pluralForm(code, count, forms)]),
  ),
}
