"""What a registry of the organisation must hold: what the platform pulls and no cache fetches."""

from facts.pins import chart_images, charts, public_registries


def copied() -> list[str]:
    """Repositories, below the registry's root, of what no cache fetches: somebody copies it there.

    Charts that no registry has as an image, and images of registries that ECR does not cache.
    """
    pulled = [chart.path for chart in charts().values()]
    pulled += [_repository(text) for places in chart_images().values() for text in places.values()]
    return sorted({path for path in pulled if path.partition("/")[0] not in public_registries()})


def _repository(image: str) -> str:
    """An image without its tag; a colon before the last slash would be a port."""
    head, slash, last = image.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}"
