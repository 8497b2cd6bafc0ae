/** Where the data, the models and the method come from, and under which licences. */
import { useEffect, useState } from 'preact/hooks';
import { fetchLicences, type Licence } from '../licences';

export function About() {
  const [licences, setLicences] = useState<Licence[]>([]);
  const [trouble, setTrouble] = useState('');
  useEffect(() => {
    fetchLicences().then(setLicences, (error: unknown) => setTrouble(error instanceof Error ? error.message : String(error)));
  }, []);
  return (
    <footer class="about" aria-labelledby="about-title">
      <h2 id="about-title">About the data and the models</h2>
      <div class="about-columns">
        <p>
          In every iteration the student is tuned on the tuning pool. Then teacher and student answer the instructions of the cache pool, and
          the teacher marks both answers. Where the student earns much less, the instruction is difficult: the teacher writes new ones like
          it, and both pools grow. Nothing leaves this machine.
        </p>
        <p>
          The images are scenes composed of open emoji sets: three styles to learn from, a fourth held out. The preset stamps learns from the
          stamps of Tux Paint instead, whose licence is not that of this page. Both models were trained for this page on data from the
          generator of the scenes. The method is that of arXiv 2311.08213.
        </p>
      </div>
      {trouble !== '' && <p>{trouble}</p>}
      {licences.length > 0 && (
        <div class="scroller" role="region" aria-label="Licences of the art" tabIndex={0}>
          <table class="licences">
            <caption>Licences of the art</caption>
            <thead><tr><th scope="col">Style</th><th scope="col">Package</th><th scope="col">Licence</th><th scope="col">Attribution</th></tr></thead>
            <tbody>
              {licences.map((licence) => (
                <tr key={licence.package}>
                  <th scope="row">{licence.style}</th><td>{licence.package} {licence.version ?? '(not in this build)'}</td><td>{licence.licence}</td>
                  <td><a href={licence.url}>{licence.attribution}</a></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </footer>
  );
}
