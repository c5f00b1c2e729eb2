<?php
// What parsers written in PHP read in a feed, as lines of JSON: php parsers.php FOLDER PARSER FILE
[, $folder, $parser, $file] = $argv;
error_reporting(E_ALL & ~E_DEPRECATED);
$roots = [
    'SimplePie\\' => ["$folder/simplepie/src"],
    'Laminas\\Feed\\' => ["$folder/laminas-feed/src"],
    'Laminas\\Stdlib\\' => ["$folder/laminas-stdlib/src"],
    'Laminas\\Escaper\\' => ["$folder/laminas-escaper/src"],
];
spl_autoload_register(function (string $class) use ($roots): void {
    foreach ($roots as $prefix => $places) {
        if (str_starts_with($class, $prefix)) {
            $path = $places[0] . '/' . str_replace('\\', '/', substr($class, strlen($prefix))) . '.php';
            if (is_file($path)) {
                require $path;
            }
        }
    }
});

function simplepie(string $text): iterable
{
    $feed = new SimplePie\SimplePie();
    $feed->set_raw_data($text);
    $feed->enable_cache(false);
    $feed->enable_order_by_date(false);
    $feed->init();
    foreach ($feed->get_items() as $item) {
        $enclosure = $item->get_enclosure();
        yield [
            'id' => $item->get_id(),
            'title' => html_entity_decode($item->get_title() ?? '', ENT_QUOTES | ENT_HTML5),
            'link' => html_entity_decode($item->get_permalink() ?? ''),
            'published' => $item->get_gmdate('Y-m-d\TH:i:s\Z'),
            'updated' => $item->get_updated_gmdate('Y-m-d\TH:i:s\Z'),
            'authors' => array_map(fn ($author) => $author->get_name(), $item->get_authors() ?? []),
            'categories' => array_map(fn ($category) => html_entity_decode($category->get_label() ?? '', ENT_QUOTES | ENT_HTML5), $item->get_categories() ?? []),
            'summary' => $item->get_content(true) === null ? null : $item->get_description(true),
            'content' => $item->get_content(),
            'picture' => $item->get_thumbnail()['url'] ?? null,
            'enclosure' => $enclosure ? $enclosure->get_link() : null,
        ];
    }
}

function laminas(string $text): iterable
{
    foreach (Laminas\Feed\Reader\Reader::importString($text) as $item) {
        $enclosure = $item->getEnclosure();
        $authors = $item->getAuthors();
        yield [
            'id' => $item->getId(),
            'title' => $item->getTitle(),
            'link' => $item->getPermalink(),
            'published' => $item->getDateCreated()?->setTimezone(new DateTimeZone('UTC'))->format('Y-m-d\TH:i:s\Z'),
            'updated' => $item->getDateModified()?->setTimezone(new DateTimeZone('UTC'))->format('Y-m-d\TH:i:s\Z'),
            'authors' => $authors ? array_values(array_map(fn ($author) => $author['name'], (array) $authors->getArrayCopy())) : [],
            'categories' => array_values(array_map(fn ($category) => $category['label'] ?? $category['term'], $item->getCategories()->getArrayCopy())),
            'summary' => $item->getDescription(),
            'content' => $item->getContent(),
            'enclosure' => $enclosure->url ?? null,
        ];
    }
}

foreach ($parser(file_get_contents($file)) as $item) {
    echo json_encode($item, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE), "\n";
}
