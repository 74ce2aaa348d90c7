/** Something the operator can put right. Its message is one sentence, printed alone, without a stack. */
export class SetupError extends Error {}
