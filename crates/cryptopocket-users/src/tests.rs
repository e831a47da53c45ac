mod stored;
