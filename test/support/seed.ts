import fc from 'fast-check';

/** In CI the cases of property tests are the same from run to run, so that what fails there failed by the change; elsewhere they are new. */
if (process.env['CI'] !== undefined) fc.configureGlobal({ seed: 20_261_130 });
