import { Validators, type ActionSchema, type Context, type Middleware } from 'moleculer'
import type { TSchema } from 'typebox'
import { validationRefusal } from '../contract/index.ts'
import { checkOf } from './validator.ts'

/** Moleculer's validator, over JSON Schema: what does not fit is refused as `validation` with a pointer to each fault. */
export class AjvValidator extends Validators.Base {
  override compile(schema: unknown): ReturnType<Validators.Base['compile']> {
    const check = checkOf(schema as TSchema)
    return ((params: unknown) => {
      const errors = check(params)
      return errors.length === 0 ? true : errors
    }) as ReturnType<Validators.Base['compile']>
  }

  override validate(params: Record<string, unknown>, schema: unknown): boolean {
    const errors = checkOf(schema as TSchema)(params)
    if (errors.length > 0) throw validationRefusal(errors)
    return true
  }

  override convertSchemaToMoleculer(schema: unknown): Record<string, unknown> {
    return schema as Record<string, unknown>
  }

  override middleware(): Middleware {
    return {
      name: 'AjvValidator',
      localAction: (handler: (ctx: Context) => Promise<unknown>, action: ActionSchema) => {
        if (!action.params) return handler
        const check = checkOf(action.params as TSchema)
        return (ctx: Context): Promise<unknown> => {
          const errors = check(ctx.params ?? {})
          return errors.length > 0 ? Promise.reject(validationRefusal(errors)) : handler(ctx)
        }
      },
    }
  }
}
