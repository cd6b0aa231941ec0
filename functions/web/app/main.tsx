import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { mlflowLinkPage } from './pages/links/mlflow-link.ts';
import { queries, router } from './router.tsx';
import { keepTheme, keptTheme } from './shell/kept.ts';
import { NoticesProvider } from './ui/notices.tsx';
import './ui/base.css';

keepTheme(keptTheme());

const linked = mlflowLinkPage(window.location.pathname, window.location.hash);
if (linked !== undefined) router.history.replace(linked);

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root.');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <NoticesProvider>
        <RouterProvider router={router} />
      </NoticesProvider>
    </QueryClientProvider>
  </StrictMode>,
);
