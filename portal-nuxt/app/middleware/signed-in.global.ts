/** Pages of an account send a stranger to the log-in and bring them back afterwards. */
export default defineNuxtRouteMiddleware((to) => {
  const { isSignedIn } = useSession()
  if (to.meta.permission === 'signedIn' && !isSignedIn.value) {
    return navigateTo({ path: '/login', query: { next: to.fullPath } })
  }
})
