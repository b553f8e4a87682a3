import { readdir, readFile } from 'node:fs/promises';
import { readYaml } from '../config/yaml-text.ts';
import { type Profiles, profileSchema } from './profile.ts';

/** The profiles of a directory, one a file. Throws where a file is none: they ship with the tool. */
export async function readProfiles(directory: URL): Promise<Profiles> {
  const files = (await readdir(directory)).filter((file) => file.endsWith('.yaml')).sort();
  const profiles = await Promise.all(
    files.map(async (file) => {
      const { value, faults } = await readYaml(await readFile(new URL(file, directory), 'utf8'));
      if (faults[0]) throw new Error(`${file}: ${faults[0].says}`);
      return profileSchema.parse(value);
    }),
  );
  return new Map(profiles.map((profile) => [profile.name, profile]));
}
