/** What begins the ids of the modules through which plugin pages get the host's own instances. */
export const sharedModulePrefix = 'virtual:cambium/'
