import { getRouteApi } from '@tanstack/react-router';

/** Typed access to what stands in the addresses of these pages, without importing the routes themselves. */
export const jobsRouteApi = getRouteApi('/signed-in/$group/jobs');
export const jobRouteApi = getRouteApi('/signed-in/$group/jobs/$job');
export const newJobRouteApi = getRouteApi('/signed-in/$group/jobs/new');
