/**
 * Lets V8 measure memory outside its heap against all there is of it, and the engine's block is a gigabyte of that. Else ten
 * megabytes of what sockets have read, against a heap that has nothing in it, are reason enough to look through
 * everything, and that stops the process for milliseconds ten times a second. Imported first by processes that run an engine.
 */
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--external-memory-accounted-in-global-limit')
