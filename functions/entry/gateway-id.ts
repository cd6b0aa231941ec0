/** The id that a gateway gave a request, among what came along with it. */
export function gatewayIdOf(surroundings: unknown): string | undefined {
  const { requestContext } = (surroundings ?? {}) as {
    readonly requestContext?: { readonly requestId?: string };
  };
  return requestContext?.requestId;
}
