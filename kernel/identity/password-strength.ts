import type { ZxcvbnFactory } from '@zxcvbn-ts/core'

let estimator: Promise<ZxcvbnFactory> | undefined

/** Word lists take memory and time: they are loaded with the first password. */
async function loadEstimator(): Promise<ZxcvbnFactory> {
  const [{ ZxcvbnFactory: Factory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ])
  return new Factory({ dictionary, graphs: adjacencyGraphs })
}

/** How hard the password is to guess, 0 to 4, for somebody who knows the owner's address. */
export async function passwordStrength(password: string, email: string): Promise<number> {
  estimator ??= loadEstimator()
  return (await estimator).check(password, email.split(/[@.]/)).score
}
