#!/usr/bin/env node
/** The command that authors install: what `cambium plugin` does without a platform. */
import { runAuthorCommandLine } from '../cli/index.ts'

process.exitCode = await runAuthorCommandLine(process.argv)
