import { testPlugin } from '@cambium/kernel/testing'

testPlugin(new URL('..', import.meta.url))
